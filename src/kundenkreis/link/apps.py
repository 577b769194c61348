from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class LinkConfig(ContextConfig):
    name = "kundenkreis.link"
    label = "link"
