from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class RecordsConfig(ContextConfig):
    name = "kundenkreis.records"
    label = "records"

    def ready(self) -> None:
        from kundenkreis.records import (  # noqa: F401 - register themselves
            checks,
            indexing,
            jobs,
            marks,
            tagging,
        )
