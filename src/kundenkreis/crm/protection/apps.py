from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class ProtectionConfig(ContextConfig):
    name = "kundenkreis.crm.protection"
    label = "crm_protection"
