"""What marketing's screens add to records: the builders, and panels that know both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.queries import persons
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.profiles import queries as profiles
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.panels import group
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Panel, extend
from kundenkreis.web.engage.campaigns import new_campaign
from kundenkreis.web.engage.evidence import power_sentence
from kundenkreis.web.engage.profiles import profile_page
from kundenkreis.web.engage.segments import new_segment
from kundenkreis.web.engage.sources import new_source

SHOWN = 20


def profile_panel(viewer: Viewer, person: Person) -> Mapping[str, Any] | None:
    """The person's profile; None for viewers who may not see profiles."""
    if not viewer.may("engage.profile.read"):
        return None
    link = person.link_id
    found = profiles.linked([link]).get(link) if link else None
    return {"profile": profiles.profiles(viewer).filter(pk=found).first() if found else None}


def persons_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any]:
    """The persons of the crm a profile is linked with, as far as the viewer may know them."""
    links = profiles.link_ids_of(group(viewer, profile))
    found = persons(viewer).filter(link_id__in=links)[:SHOWN] if links else ()
    return {"linked": bool(links), "persons": list(found)}


def power_panel(viewer: Viewer, campaign: Campaign) -> Mapping[str, Any] | None:
    """What a draft could show at all; None once it runs and shows it."""
    if campaign.state != campaign.State.DRAFT:
        return None
    return {"text": power_sentence(campaign)}


extend(
    "person", panels=[Panel("profile", "profiles/profile_panel.html", profile_panel, position=70)]
)
extend(
    "profile",
    panels=[Panel("persons", "profiles/persons_panel.html", persons_panel, position=20)],
    replace={"record": profile_page},
)
extend("source", replace={"new": new_source})
extend("segment", replace={"new": new_segment})
extend(
    "campaign",
    panels=[Panel("power", "campaigns/power_panel.html", power_panel, "centre", 10)],
    replace={"new": new_campaign},
)
