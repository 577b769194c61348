from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WorkConfig(ContextConfig):
    name = "kundenkreis.crm.work"
    label = "crm_work"
