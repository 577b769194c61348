from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class ShellConfig(ContextConfig):
    name = "kundenkreis.web.shell"
    label = "web_shell"
