from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class WebOperationConfig(ContextConfig):
    name = "kundenkreis.web.operation"
    label = "web_operation"
