"""What each side should hold, computed anew from what the other side sent, beside what it holds.

For tests, and for an administrator in doubt: it reads everything, so it is slow on purpose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from kundenkreis.crm.people.events import ObjectionRecorded
from kundenkreis.crm.people.models import (
    ContactPermission,
    FormerLink,
    MarketingMembership,
    MarketingSegment,
    Person,
    TimelineEntry,
)
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.order_facts import order_facts
from kundenkreis.crm.sales.shared_scores import score_facts
from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import linked
from kundenkreis.engage.segments.queries import memberships_by_link, segment_names
from kundenkreis.engage.tracking.events import OrderCancelled, OrderReceived
from kundenkreis.kernel import store
from kundenkreis.kernel.events import decode, name_of
from kundenkreis.kernel.log import settled
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.link.to_crm import concerns_crm, permission_key


def differences() -> list[str]:
    """Where the sides are not what the messages in the outboxes make of them; empty is right.

    Holds when the link has nothing left to do and the outboxes were not shortened.
    """
    found = (_orders(), _touchpoints(), _consents(), _memberships(), _facts(), _merges())
    return [difference for differences in found for difference in differences]


def _sent(side: Side, kind: type[Any]) -> Iterator[Any]:
    rows = store.stored(side, OutboxMessage).filter(name=name_of(kind), crosses=True)
    for message in settled(rows, side):
        yield decode(message.name, message.payload)


def _orders() -> Iterator[str]:
    expected: dict[tuple[str, str], tuple[Any, ...]] = {}
    cancelled = {(event.namespace, event.order_id) for event in _sent(Side.ENGAGE, OrderCancelled)}
    merged = _merged()
    for event in _sent(Side.ENGAGE, OrderReceived):
        key = (event.namespace, event.order_id)
        state = Order.State.CANCELLED if key in cancelled else Order.State.PLACED
        link = merged.get(event.link_id, event.link_id)
        expected.setdefault(key, (event.net_minor, event.gross_minor, str(state), link))
    sources = {source for source, _ in expected}
    rows = Order.objects.filter(source__in=sources)
    held = {
        (row.source, row.number): (
            row.net_minor,
            row.gross_minor,
            row.state,
            row.person.link_id if row.person else None,
        )
        for row in rows.select_related("person")
    }
    yield from _compared("order", expected, held)
    for kind, keys in (
        ("order", expected.keys()),
        ("order_cancelled", cancelled & expected.keys()),
    ):
        entries = TimelineEntry.objects.filter(kind=kind)
        told = Counter((entry.payload["source"], entry.payload["number"]) for entry in entries)
        # Orders from elsewhere, e.g. imported ones, did not cross.
        told = Counter({key: n for key, n in told.items() if key[0] in sources})
        yield from _compared(f"timeline {kind}", dict.fromkeys(keys, 1), told)


def _touchpoints() -> Iterator[str]:
    people = set(Person.objects.filter(link_id__isnull=False).values_list("link_id", flat=True))
    expected: dict[str, tuple[Any, ...]] = {}
    merged = _merged()
    for event in _sent(Side.ENGAGE, Touchpoint):
        link = merged.get(event.link_id, event.link_id)
        if link in people:
            expected.setdefault(event.key, (link, event.kind, event.at))
    rows = TimelineEntry.objects.filter(key__in=expected.keys()).select_related("person")
    held = {row.key: (row.person and row.person.link_id, row.kind, row.at) for row in rows}
    yield from _compared("touchpoint", expected, held)


def _consents() -> Iterator[str]:
    told = {
        permission_key(event) for event in _sent(Side.ENGAGE, ConsentChanged) if concerns_crm(event)
    }
    expected = {
        key: row.granted
        for row in ConsentState.objects.all()
        if (key := permission_key(row)) in told
    }
    held = {
        (row.subject_kind, row.subject, row.purpose, row.channel): row.granted
        # An objection to every purpose is one row here and one per purpose in the ledger.
        for row in ContactPermission.objects.exclude(purpose="")
    }
    yield from _compared("consent", expected, held)
    for event in _sent(Side.CRM, ObjectionRecorded):
        said = ("person", str(event.link_id), event.channel)
        if not any((kind, who, channel) == said for kind, who, _, channel in told):
            yield f"objection of {event.link_id} is not in the ledger"


def _memberships() -> Iterator[str]:
    people = set(Person.objects.filter(link_id__isnull=False).values_list("link_id", flat=True))
    people |= set(FormerLink.objects.values_list("link_id", flat=True))
    links = {link for link in people if link is not None}
    inside = memberships_by_link(links)
    expected = {
        (link, segment): since for link in inside for segment, since in inside[link].items()
    }
    rows = MarketingMembership.objects.all()
    held = {(row.link_id, row.segment_id): row.since for row in rows}
    yield from _compared("membership", expected, held)
    names = dict(MarketingSegment.objects.values_list("pk", "name"))
    called = segment_names(names)  # of one that was deleted the name stays, with nobody in it
    yield from _compared("segment", called, {pk: names[pk] for pk in called})


def _facts() -> Iterator[str]:
    with store.group(Side.CRM, "link.rebuild"):
        people = {
            person.pk: person
            for person in store.rows(Person).filter(link_id__isnull=False, orders__isnull=False)
        }
        scores = score_facts(people.keys())
        expected = {
            people[pk].link_id: {**facts, **scores.get(pk, {})}
            for pk, facts in order_facts(people).items()
        }
    held = {
        row.link_id: {
            name: {"value": fact["value"], "purpose": fact["purpose"]}
            for name, fact in row.facts.items()
            # That a score is gone is told as none.
            if fact["value"] is not None or not name.startswith("score_")
        }
        for row in Profile.objects.filter(link_id__in=expected.keys())
    }
    yield from _compared("facts", expected, held)


def _merges() -> Iterator[str]:
    """Whom staff made one in the crm is one here, if engage has seen both."""
    merged = _merged()
    people = linked([*merged.keys(), *merged.values()])
    both = {link: own for link, own in merged.items() if {link, own} <= people.keys()}
    expected = {link: people[own] for link, own in both.items()}
    yield from _compared("merge", expected, {link: people[link] for link in both})


def _merged() -> dict[UUID, UUID]:
    """The link ids of people who became part of others, and those by which these go."""
    rows = FormerLink.objects.filter(person__link_id__isnull=False)
    found = rows.values_list("link_id", "person__link_id")
    return {link: own for link, own in found if own is not None}


def _compared(what: str, expected: dict[Any, Any], held: dict[Any, Any]) -> Iterator[str]:
    for key in expected.keys() | held.keys():
        if expected.get(key) != held.get(key):
            yield f"{what} {key}: expected {expected.get(key)}, held {held.get(key)}"
