from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WebGuideConfig(ContextConfig):
    name = "kundenkreis.web.guide"
    label = "web_guide"
