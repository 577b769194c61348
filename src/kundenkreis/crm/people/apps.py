from __future__ import annotations

from kundenkreis.kernel.context import ContextConfig


class PeopleConfig(ContextConfig):
    name = "kundenkreis.crm.people"
    label = "crm_people"
