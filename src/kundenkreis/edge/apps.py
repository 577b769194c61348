from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class EdgeConfig(ContextConfig):
    name = "kundenkreis.edge"
    label = "edge"
