from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WebCrmConfig(ContextConfig):
    name = "kundenkreis.web.crm"
    label = "web_crm"
