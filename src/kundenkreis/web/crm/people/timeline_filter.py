"""What of a timeline is shown: a topic, a channel, one person, words in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.crm.people.entries import Entries, timeline
from kundenkreis.kernel import search
from kundenkreis.records.numbers import whole
from kundenkreis.records.search.finding import clean
from kundenkreis.web.crm.people.timeline import line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from kundenkreis.crm.people.models import TimelineEntry
    from kundenkreis.kernel.access import Viewer

Choices = dict[str, tuple["StrOrPromise", frozenset[str]]]

ONLINE = frozenset({"visit", "cart", "exposure", "control", "offer_clicked"})
SALES = frozenset({"opportunity", "opportunity_moved", "opportunity_won", "opportunity_lost"})
ORDERS = frozenset({"order", "cancellation", "order_cancelled"})

TOPICS: Choices = {
    "notes": (_("Notes"), frozenset({"note"})),
    "tasks": (_("Tasks"), frozenset({"task", "step_done", "step_open"})),
    "calls": (_("Calls"), frozenset({"call"})),
    "meetings": (_("Meetings"), frozenset({"meeting"})),
    "letters": (_("Letters"), frozenset({"letter"})),
    "opportunities": (_("Opportunities"), SALES),
    "orders": (_("Orders"), ORDERS),
    "visits": (_("Visits"), frozenset({"visit", "cart"})),
    "offers": (_("Offers"), frozenset({"exposure", "control", "offer_clicked"})),
    "consents": (_("Consents"), frozenset({"consent", "objection"})),
}
CHANNELS: Choices = {
    "phone": (_("Phone"), frozenset({"call"})),
    "post": (_("Post"), frozenset({"letter"})),
    "personal": (_("In person"), frozenset({"meeting"})),
    "web": (pgettext_lazy("channel", "Website"), ONLINE),
    "orders": (_("Shop and ERP"), ORDERS),
    "inside": (_("Within the company"), SALES | {"note", "task", "step_done", "step_open"}),
}


def filtered(viewer: Viewer, record: Any, asked: Mapping[str, str]) -> Entries:
    """A page of the timeline as the form above it asks; what it does not know it ignores."""
    kinds: frozenset[str] | None = None
    for name, choices in (("topic", TOPICS), ("channel", CHANNELS)):
        if (chosen := asked.get(name, "")) in choices:
            kinds = choices[chosen][1] if kinds is None else kinds & choices[chosen][1]
    words = search.asked(clean(asked.get("q", "")))
    return timeline(
        viewer,
        record,
        after=asked.get("after", ""),
        kinds=kinds,
        person_id=whole(asked.get("person", "")),
        matches=(lambda entry: _says(entry, words)) if words else None,
    )


def _says(entry: TimelineEntry, asked: list[str]) -> bool:
    """Whether an entry, as it reads on the page, has words that begin with all of these."""
    shown = line(entry)
    text = " ".join((str(shown.title), shown.text, str(entry.person or "")))
    words = search.words(text)
    return all(any(word.startswith(one) for word in words) for one in asked)
