from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class InsightConfig(ContextConfig):
    name = "kundenkreis.insight"
    label = "insight"
