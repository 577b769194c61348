from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class ApiConfig(ContextConfig):
    name = "kundenkreis.api"
    label = "api"
