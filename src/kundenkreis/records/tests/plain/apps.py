from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class PlainConfig(ContextConfig):
    name = "kundenkreis.records.tests.plain"
    label = "crm_plain"
