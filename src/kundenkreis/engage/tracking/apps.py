from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class TrackingConfig(ContextConfig):
    name = "kundenkreis.engage.tracking"
    label = "engage_tracking"
