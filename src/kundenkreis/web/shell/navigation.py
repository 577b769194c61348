"""The staff navigation: every page with the right it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts.company_queries import company, unused
from kundenkreis.kernel.sides import Side
from kundenkreis.records.registry import TYPES
from kundenkreis.ui.furniture import NavigationGroup, NavigationItem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.crm.accounts.models import Company
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation; shown to viewers who have `right`.

    `under` is the address all its pages begin with, when that is not `url` itself; `phone` puts it
    into the bottom bar, `key` is its shortcut, `badge` the name of the count beside it.
    """

    group: str
    label: StrOrPromise
    url: str
    icon: str
    right: str = ""
    under: str = ""
    phone: bool = False
    key: str = ""
    badge: str = ""


GROUPS: dict[str, StrOrPromise] = {
    "": "",
    "records": _("Customers"),
    "sales": _("Sales"),
    "contact": _("Keeping in touch"),
    "data": _("Clean data"),
    "marketing": _("Marketing"),
    "insight": _("Insight"),
    "protection": _("Data protection"),
    "operation": _("Operation"),
}

# Groups that one seldom needs are folded, unless one is in them.
FOLDED = ("protection", "operation")
# Where types without an entry of their own stand: by their context, else by their side.
CONTEXTS = {"crm_sales": "sales", "crm_work": "contact", "crm_letters": "contact"}
PLACES = {Side.CRM: "records", Side.ENGAGE: "marketing"}

ENTRIES: list[Entry] = [
    Entry("", _("Home"), "/", "house", phone=True, key="g h"),
    Entry("", _("Inbox"), "/inbox/", "inbox", key="g i", badge="inbox"),
    Entry(
        "", _("Tasks"), "/crm/tasks/", "list-todo", "crm.activity.read", key="g t", badge="tasks"
    ),
    Entry(
        "records",
        _("Organisations"),
        "/crm/organisations/",
        "building-2",
        "crm.organisation.read",
        phone=True,
        key="g c",
    ),
    Entry(
        "records", _("Persons"), "/crm/persons/", "users", "crm.person.read", phone=True, key="g p"
    ),
    Entry(
        "sales",
        _("Opportunities"),
        "/crm/opportunities/board/",
        "square-kanban",
        "crm.opportunity.read",
        under="/crm/opportunities/",
        phone=True,
        key="g d",
    ),
    Entry("sales", _("Orders"), "/crm/orders/", "receipt", "crm.order.read", key="g o"),
    Entry("contact", _("Activities"), "/crm/activities/", "notebook-pen", "crm.activity.read"),
    Entry("contact", _("Letters"), "/crm/letters/", "mail-open", "crm.letter.read"),
    Entry("contact", _("Mail merges and labels"), "/crm/prints/", "mails", "crm.letter.create"),
    Entry("sales", _("Products"), "/crm/products/", "package", "crm.product.read"),
    Entry("data", _("Duplicates"), "/crm/duplicates/", "copy", "crm.person.read", key="g u"),
    Entry("data", _("Data quality"), "/crm/data-quality/", "heart-pulse", "crm.person.read"),
    Entry("data", _("Take over data"), "/crm/takeover/", "folder-input", "crm.person.import"),
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
    Entry(
        "protection",
        _("Requests of persons"),
        "/crm/data-requests/",
        "scale",
        "crm.datarequest.read",
    ),
    Entry("protection", _("To be informed"), "/crm/informing/", "megaphone", "crm.person.change"),
    Entry(
        "protection",
        _("Disclosures"),
        "/crm/disclosures/",
        "package-open",
        "crm.disclosure.read",
    ),
    Entry("protection", _("Erasures"), "/crm/erasures/", "eraser", "crm.erasure.read"),
    Entry(
        "protection",
        _("Confidentiality"),
        "/crm/confidentiality/",
        "file-check",
        "crm.undertaking.read",
    ),
    Entry("protection", _("Retention"), "/crm/retention/", "calendar-x", "crm.retention.read"),
    Entry(
        "protection",
        _("Record of processing"),
        "/crm/processing/",
        "scroll-text",
        "crm.processing.read",
    ),
    Entry(
        "operation",
        _("Jobs and link"),
        "/operation/",
        "server-cog",
        "link.message.read",
        under="/operation/jobs/",
    ),
    Entry("operation", _("Outbox"), "/operation/outbox/", "mails", "crm.operation.change"),
    Entry("operation", _("Webhooks"), "/crm/webhooks/", "webhook", "crm.webhook.change"),
    Entry(
        "operation",
        _("Check-list"),
        "/operation/check-list/",
        "list-checks",
        "crm.operation.change",
    ),
    Entry("operation", _("Staff"), "/crm/users/", "id-card", "crm.user.read"),
    Entry("operation", _("Teams"), "/crm/teams/", "users-round", "crm.team.read"),
    Entry("operation", _("Roles"), "/crm/roles/", "shield-check", "crm.role.read"),
    Entry(
        "operation",
        _("Number ranges"),
        "/crm/number-ranges/",
        "hash",
        "crm.numberrange.change",
    ),
    Entry("operation", _("Letterheads"), "/crm/letterheads/", "stamp", "crm.letterhead.change"),
    Entry(
        "operation",
        _("Kinds of relations"),
        "/crm/relation-kinds/",
        "git-fork",
        "crm.relationkind.change",
    ),
    Entry("operation", _("Fields"), "/crm/fields/", "text-cursor-input", "crm.field.change"),
]


# What is of use only to a company that needs one of these parts (`company_queries.unused`).
SHOP, MARKETING = frozenset({"shop"}), frozenset({"marketing"})
NEEDED_BY: dict[str, frozenset[str]] = {
    "/crm/organisations/": frozenset({"organisations"}),
    "/crm/opportunities/": frozenset({"sales"}),
    "/crm/competitors/": frozenset({"sales"}),
    "/crm/products/": SHOP | {"sales"},
    "/crm/orders/": SHOP,
    **dict.fromkeys(
        ("/crm/letters/", "/crm/prints/", "/crm/lettertemplates/"), frozenset({"letters"})
    ),
    "/crm/letterheads/": frozenset({"letters"}),
    "/engage/": MARKETING,
    **dict.fromkeys(("/engage/profiles/", "/engage/events/", "/engage/sources/"), SHOP | MARKETING),
    "/insight/": MARKETING,
    "/crm/teams/": frozenset({"teams"}),
}


def entries_for(viewer: Viewer, own: Company | None = None) -> Iterator[Entry]:
    """The pages that a viewer may open, without those the company has no use for."""
    is_used = used(viewer, own)
    for entry in entries():
        if (not entry.right or viewer.may(entry.right)) and is_used(entry.under or entry.url):
            yield entry


def used(viewer: Viewer, own: Company | None = None) -> Callable[[str], bool]:
    """Says of addresses whether the company has a use for what is there."""
    left_out = unused((own or company(viewer)).answers)
    return lambda address: not (needs := needed_by(address)) or bool(needs - left_out)


def needed_by(address: str) -> frozenset[str]:
    """The parts of the product any of which needs a page; none: everybody has it."""
    fitting = [known for known in NEEDED_BY if address.startswith(known)]
    return NEEDED_BY[max(fitting, key=len)] if fitting else frozenset()


def entries() -> Iterator[Entry]:
    """The entries above, and behind those of each group the types of record without one."""
    known = {entry.under or entry.url for entry in ENTRIES}
    rest = [kind for kind in TYPES.values() if kind.url() not in known]
    for group in GROUPS:
        yield from (entry for entry in ENTRIES if entry.group == group)
        yield from (_of_type(kind, group) for kind in rest if _place(kind) == group)


def _place(kind: RecordType) -> str:
    return CONTEXTS.get(kind.model._meta.app_label, PLACES[kind.side])


def _of_type(kind: RecordType, group: str) -> Entry:
    return Entry(group, kind.title, kind.url(), kind.icon, kind.right("read"))


def navigation_for(
    viewer: Viewer, path: str, own: Company | None = None
) -> tuple[NavigationGroup, ...]:
    """Groups of pages the viewer may open, the current one marked."""
    groups: dict[str, list[NavigationItem]] = {}
    for entry in entries_for(viewer, own):
        groups.setdefault(entry.group, []).append(_item(entry, path))
    return tuple(
        NavigationGroup(str(GROUPS[name]), tuple(items), folded=name in FOLDED)
        for name, items in groups.items()
    )


def _item(entry: Entry, path: str) -> NavigationItem:
    under = entry.under or entry.url
    return NavigationItem(
        label=str(entry.label),
        url=entry.url,
        icon=entry.icon,
        current=path == entry.url or (under != "/" and path.startswith(under)),
        phone=entry.phone,
        key=entry.key,
        badge=entry.badge,
    )
