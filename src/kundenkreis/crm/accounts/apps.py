from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class AccountsConfig(ContextConfig):
    name = "kundenkreis.crm.accounts"
    label = "crm_accounts"
