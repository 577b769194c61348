from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class LettersConfig(ContextConfig):
    name = "kundenkreis.crm.letters"
    label = "crm_letters"
