"""What marketing adds to a person's page: the profile it is linked with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.people.models import Person
from kundenkreis.engage.profiles import queries as profiles
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Panel, extend


def profile_panel(viewer: Viewer, person: Person) -> Mapping[str, Any] | None:
    """The person's profile; None for viewers who may not see profiles."""
    if not viewer.may("engage.profile.read"):
        return None
    link = person.link_id
    found = profiles.linked([link]).get(link) if link else None
    return {"profile": profiles.profiles(viewer).filter(pk=found).first() if found else None}


extend("person", panels=[Panel("profile", "engage/profile_panel.html", profile_panel, position=70)])
