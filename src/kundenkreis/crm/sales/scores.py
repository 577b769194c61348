"""RFM scores of persons and organisations: recency, frequency and monetary value of their orders, each
1 (worst) to 5 (best) beside all other customers.

Quintiles after A. M. Hughes, Strategic Database Marketing (1994). Rule for ties as in the segments of
marketing: score = 1 + floor(5 × customers strictly worse / customers). Equal values always get equal
scores, so the five groups are of equal size only where values differ.

* recency: instant of the last order, later is better
* frequency: orders, without cancellations
* monetary: sum net of tax in the company's currency, cancelled goods taken off

Of the last 36 months; `score_values` says whose an order is. Persons and organisations are compared
among themselves; whoever is restricted is neither scored nor compared with. Marketing is told the
scores of linked persons that changed (`shared_facts`), for its segments.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.shared_facts import share_facts
from kundenkreis.crm.sales.models import CustomerScore, Order, ScoreNight
from kundenkreis.crm.sales.score_values import Bought, pieces
from kundenkreis.crm.sales.shared_scores import PARTS, score_facts
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Viewer, reads_all, system
from kundenkreis.kernel.sides import Side

GROUPS, CHUNK, READ = 5, 500, 2_000
_KEPT = (*PARTS, "last_at", "orders", "net_minor")


@dataclass(frozen=True, slots=True)
class Scored:
    """What is known of a customer's score, and when it was worked out among how many."""

    score: CustomerScore
    at: datetime
    customers: int


def may_know(viewer: Viewer) -> bool:
    """A score tells of all orders: only whoever may read all of them, amounts too, may know one."""
    seen = ("placed_at", "net_minor", "person", "organisation")
    return reads_all(viewer, Order) and all(viewer.sees("crm.order", name) for name in seen)


def score_of(viewer: Viewer, record: Person | Organisation) -> Scored | None:
    """The score of a customer whom the viewer may read, if they have one."""
    if not may_know(viewer):
        return None
    name = "person" if isinstance(record, Person) else "organisation"
    found = CustomerScore.objects.filter(**{name: record.pk}).first()
    night = ScoreNight.objects.filter(of=name).first() if found else None
    return Scored(found, night.at, night.customers) if found and night else None


def refresh_scores() -> int:
    """Score everybody anew, piece by piece; returns how many have a score."""
    return sum(_refresh(name) for name in ("person", "organisation"))


def _refresh(of: str) -> int:
    now = clock.now()
    ranks, last, count = _ranks(of, now), 0, 0
    for piece in pieces(of, now, CHUNK):
        _keep(of, last, max(piece), {pk: _scored(piece[pk], ranks) for pk in piece})
        last, count = max(piece), count + len(piece)
    _keep(of, last, None, {})
    with store.group(Side.CRM, "sales.refresh_scores"):
        night = store.rows(ScoreNight).filter(of=of)
        if not store.replace(night, at=now, customers=count):
            store.append(ScoreNight, [ScoreNight(of=of, at=now, customers=count)])
    return count


def _ranks(of: str, now: datetime) -> tuple[array[int], ...]:
    """The values of all customers in order, a few bytes each."""
    found = tuple(array("q") for _part in PARTS)
    for piece in pieces(of, now, READ):
        for bought in piece.values():
            for values, value in zip(found, bought.compared, strict=True):
                values.append(value)
    return tuple(array("q", sorted(values)) for values in found)


def _scored(bought: Bought, ranks: tuple[array[int], ...]) -> tuple[Any, ...]:
    """What is kept of a customer."""
    # What was ordered since the values were read is not among them.
    scores = (
        min(GROUPS, 1 + GROUPS * bisect_left(values, value) // max(1, len(values)))
        for values, value in zip(ranks, bought.compared, strict=True)
    )
    return (*scores, bought.last_at, bought.orders, bought.net_minor)


def _keep(of: str, after: int, until: int | None, fresh: dict[int, tuple[Any, ...]]) -> None:
    """Write what is different of the customers between two numbers, all behind the first without
    `until`; tell marketing of the persons among them."""
    within = {f"{of}__gt": after} | ({} if until is None else {f"{of}__lte": until})
    with store.group(Side.CRM, "sales.refresh_scores"):
        rows = store.rows(CustomerScore).filter(**within)
        known = {pk: (key, tuple(kept)) for key, pk, *kept in rows.values_list("pk", of, *_KEPT)}
        same = {pk for pk, (_key, kept) in known.items() if fresh.get(pk) == kept}
        gone = [key for pk, (key, _kept) in known.items() if pk not in same]
        store.discard(store.rows(CustomerScore).filter(pk__in=gone))
        new = [(pk, zip(_KEPT, kept, strict=True)) for pk, kept in fresh.items() if pk not in same]
        store.append(CustomerScore, [CustomerScore(**{f"{of}_id": pk}, **dict(k)) for pk, k in new])
        told = (known.keys() | fresh.keys()) - same
        if told and of == "person":
            share_facts(actor=system("sales"), facts=score_facts(told, gone=True))
