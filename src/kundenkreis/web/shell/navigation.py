"""The staff navigation: pages register themselves with the right they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation; shown to viewers who have `right`."""

    group: str
    label: StrOrPromise
    url: str
    icon: str
    right: str = ""


GROUPS: dict[str, StrOrPromise] = {
    "": "",
    "records": _("Records"),
    "marketing": _("Marketing"),
    "insight": _("Insight"),
    "operation": _("Operation"),
}

ENTRIES: list[Entry] = [
    Entry("", _("Home"), "/", "house"),
    Entry(
        "records", _("Organisations"), "/crm/organisations/", "building-2", "crm.organisation.read"
    ),
    Entry("records", _("Persons"), "/crm/persons/", "users", "crm.person.read"),
    Entry(
        "records",
        _("Opportunities"),
        "/crm/opportunities/",
        "square-kanban",
        "crm.opportunity.read",
    ),
    Entry("records", _("Orders"), "/crm/orders/", "receipt", "crm.order.read"),
    Entry("records", _("Products"), "/crm/products/", "package", "crm.product.read"),
    Entry("marketing", _("Segments"), "/engage/segments/", "list-filter", "engage.segment.read"),
    Entry("marketing", _("Campaigns"), "/engage/campaigns/", "megaphone", "engage.campaign.read"),
    Entry("marketing", _("Profiles"), "/engage/profiles/", "contact-round", "engage.profile.read"),
    Entry("marketing", _("Events"), "/engage/events/", "activity", "engage.event.read"),
    Entry("marketing", _("Sources"), "/engage/sources/", "radio-tower", "engage.source.read"),
    Entry(
        "insight",
        _("Experiments"),
        "/insight/experiments/",
        "flask-conical",
        "insight.experiment.read",
    ),
    Entry("operation", _("Jobs and link"), "/operation/", "server-cog", "crm.operation.read"),
]


def navigation_for(viewer: Viewer, path: str) -> list[dict[str, Any]]:
    """Groups of entries the viewer may open, the current one marked."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in ENTRIES:
        if not entry.right or viewer.may(entry.right):
            current = path == entry.url or (entry.url != "/" and path.startswith(entry.url))
            groups.setdefault(entry.group, []).append(
                {"label": entry.label, "url": entry.url, "icon": entry.icon, "current": current}
            )
    return [{"label": GROUPS[name], "items": items} for name, items in groups.items()]
