from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WebhooksConfig(ContextConfig):
    name = "kundenkreis.crm.webhooks"
    label = "crm_webhooks"
