from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class CampaignsConfig(ContextConfig):
    name = "kundenkreis.engage.campaigns"
    label = "engage_campaigns"
