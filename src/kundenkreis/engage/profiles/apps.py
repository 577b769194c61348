from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class ProfilesConfig(ContextConfig):
    name = "kundenkreis.engage.profiles"
    label = "engage_profiles"
