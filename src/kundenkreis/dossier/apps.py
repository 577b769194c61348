from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class DossierConfig(ContextConfig):
    name = "kundenkreis.dossier"
    label = "dossier"
