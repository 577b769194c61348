"""What every business context does at start-up: its registrations become known."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

_REGISTERING = ("events", "commands", "handlers", "jobs", "records", "rules")
_ENGINES = {"records": "kundenkreis.records"}  # registered only where the engine runs


class ContextConfig(AppConfig):
    """Base of the contexts' app configurations; imports the files that register something."""

    default = False

    def ready(self) -> None:
        for name in _REGISTERING:
            module, engine = f"{self.name}.{name}", _ENGINES.get(name, self.name)
            if apps.is_installed(engine) and find_spec(module) is not None:
                import_module(module)
