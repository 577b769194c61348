from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WebInsightConfig(ContextConfig):
    name = "kundenkreis.web.insight"
    label = "web_insight"
