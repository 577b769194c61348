from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class FolderConfig(AppConfig):
    """Makes the worker know the steps of a take-over."""

    default = False
    name = "kundenkreis.integrations.crm.folder"
    label = "integrations_folder"

    def ready(self) -> None:
        for step in ("gathering", "judging", "carrying"):
            import_module(f"{self.name}.{step}")
