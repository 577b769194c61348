from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kundenkreis.kernel"
    label = "kernel"

    def ready(self) -> None:
        from kundenkreis.kernel import sqlite, steps

        sqlite.connect()
        steps.register()
