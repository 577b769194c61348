from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WebEngageConfig(ContextConfig):
    name = "kundenkreis.web.engage"
    label = "web_engage"
