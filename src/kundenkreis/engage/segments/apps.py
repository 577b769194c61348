from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class SegmentsConfig(ContextConfig):
    name = "kundenkreis.engage.segments"
    label = "engage_segments"
