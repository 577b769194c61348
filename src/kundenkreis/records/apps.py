from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class RecordsConfig(ContextConfig):
    name = "kundenkreis.records"
    label = "records"
