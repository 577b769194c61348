from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class RecordsConfig(ContextConfig):
    name = "kundenkreis.records"
    label = "records"

    def ready(self) -> None:
        from kundenkreis.kernel import refusal
        from kundenkreis.records import checks, fieldrights, jobs  # noqa: F401 - register themselves
        from kundenkreis.records.page import marks  # noqa: F401
        from kundenkreis.records.search import indexing, tagging  # noqa: F401

        refusal.use(fieldrights.label_of)
