from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kundenkreis.kernel"
    label = "kernel"

    def ready(self) -> None:
        from kundenkreis.kernel import among, sqlite, steps  # noqa: F401 - `among` is a lookup

        sqlite.connect()
        steps.register()
