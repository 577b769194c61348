"""What of a timeline is shown: a topic, a channel, one person, words in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.crm.people.entries import Entries, timeline
from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.kernel import search
from kundenkreis.records.numbers import whole
from kundenkreis.records.search.finding import clean
from kundenkreis.web.crm.people.timeline import line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

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

# Kinds whose entries say what lies in their payload, word for word, a title, and amounts.
LITERAL = ONLINE | ORDERS | {"note", "call", "meeting", "task", "letter"}
# Payloads in which each of the titles of these kinds stands.
TITLED: tuple[dict[str, Any], ...] = (
    {},
    {"by": "0", "minutes": 0, "campaign": "0", "voucher": "0", "net_minor": 0, "items": 2},
    {"net_minor": 0, "items": 1},
    *({"event": one} for one in ("Product Removed", "Cart Viewed", "Checkout Started")),
)
_SAME = re.compile("[bfhmpqvwx]+")
PART = 2  # letters that are worth to be looked for


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
        among=_among(record, words) if words else None,
        matches=(lambda entry: _says(entry, words)) if words else None,
    )


def _among(record: Any, asked: list[str]) -> Q | None:
    """Which entries may say these words, as far as the database can tell; None for any of them.

    It compares what lies in a payload with the longest part of each word that no spelling changes:
    letters that no accent, ligature or capital turns into others. Kinds that say more than lies in
    their payload, an amount or a name of a stage, stay in; so do those whose own words are asked for.
    """
    if not isinstance(record, Person):
        return None  # their entries name people
    named = search.words(str(record))
    found = Q()
    for word in asked:
        if any(one.startswith(word) for one in named):
            continue
        part = max(_SAME.findall(word), key=len, default="")
        if len(part) < PART or not word.isalpha():
            continue  # digits may be those of an amount
        silent = [kind for kind in sorted(LITERAL) if not _title_says(kind, word)]
        found &= ~Q(kind__in=silent) | Q(said__icontains=part)
    return found or None


def _title_says(kind: str, word: str) -> bool:
    """Whether the words that stand on entries of a kind anyhow have one that begins so."""
    lines = [line(TimelineEntry(kind=kind, payload=one)) for one in TITLED]
    texts = " ".join(f"{one.title} {one.text}" for one in lines)
    return any(one.startswith(word) for one in search.words(texts))


def _says(entry: TimelineEntry, asked: list[str]) -> bool:
    """Whether an entry, as it reads on the page, has words that begin with all of these."""
    shown = line(entry)
    text = " ".join((str(shown.title), shown.text, str(entry.person or "")))
    words = search.words(text)
    return all(any(word.startswith(one) for word in words) for one in asked)
