from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class SalesConfig(ContextConfig):
    name = "kundenkreis.crm.sales"
    label = "crm_sales"
