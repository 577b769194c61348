from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class ConsentConfig(ContextConfig):
    name = "kundenkreis.engage.consent"
    label = "engage_consent"
