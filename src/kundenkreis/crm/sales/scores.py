"""RFM scores of persons and organisations: recency, frequency and monetary value of their orders, each
1 (worst) to 5 (best) beside all other customers.

Quintiles after A. M. Hughes, Strategic Database Marketing (1994). Rule for ties as in the segments of
marketing: score = 1 + floor(5 × customers strictly worse / customers). Equal values always get equal
scores, so the five groups are of equal size only where values differ.

* recency: instant of the last order, later is better
* frequency: orders, without cancellations
* monetary: sum net of tax in the company's currency, cancelled goods taken off

Of the last 36 months. Persons and organisations are compared among themselves, an organisation by the
orders in its own name; whoever is restricted is neither scored nor compared with.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales.models import CustomerScore, Order, ScoreNight
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Viewer, reads_all
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.kernel.seclusion import outside
from kundenkreis.kernel.sides import Side

PARTS = ("recency", "frequency", "monetary")
GROUPS, MONTHS, CHUNK = 5, 36, 500
_KEPT = (*PARTS, "last_at", "orders", "net_minor")
_NOBODY = Viewer("scores")


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
    while piece := list(_customers(of, now).filter(**{f"{of}__gt": last}).order_by(of)[:CHUNK]):
        fresh = {row[of]: _made(of, row, ranks) for row in piece}
        _keep(of, last, max(fresh), fresh)
        last, count = max(fresh), count + len(fresh)
    with store.group(Side.CRM, "sales.refresh_scores"):
        store.discard(store.rows(CustomerScore).filter(**{f"{of}__gt": last}))
        night = store.rows(ScoreNight).filter(of=of)
        if not store.replace(night, at=now, customers=count):
            store.append(ScoreNight, [ScoreNight(of=of, at=now, customers=count)])
    return count


def _customers(of: str, now: datetime) -> QuerySet[Any, Any]:
    """Every customer with the three values that are compared."""
    since = now.replace(year=now.year - MONTHS // 12, day=min(now.day, 28))
    rows = store.stored(Side.CRM, Order).filter(
        state=Order.State.PLACED, placed_at__range=(since, now), **{f"{of}__isnull": False}
    )
    if of == "person":
        free = store.stored(Side.CRM, Person).filter(outside(_NOBODY, Person))
        rows = rows.filter(person__in=free.order_by().values("pk"))
    placed, own = Q(kind=Order.Kind.ORDER), Q(currency=CURRENCY)
    found = (
        rows.order_by()
        .values(of)
        .annotate(
            last_at=Max("placed_at", filter=placed),
            orders=Count("pk", filter=placed),
            net=Coalesce(Sum("net_minor", filter=own), Value(0)),
        )
    )
    customers: QuerySet[Any, Any] = found.filter(orders__gt=0)
    return customers


def _ranks(of: str, now: datetime) -> tuple[array[int], ...]:
    """The values of all customers in order, a few bytes each."""
    found = tuple(array("q") for _part in PARTS)
    for row in _customers(of, now).iterator(2_000):
        for values, value in zip(found, _compared(row), strict=True):
            values.append(value)
    return tuple(array("q", sorted(values)) for values in found)


def _compared(row: dict[str, Any]) -> Iterator[int]:
    yield int(row["last_at"].timestamp() * 1_000_000)
    yield row["orders"]
    yield row["net"]


def _made(of: str, row: dict[str, Any], ranks: tuple[array[int], ...]) -> CustomerScore:
    # What was ordered since the values were read is not among them.
    scores = {
        part: min(GROUPS, 1 + GROUPS * bisect_left(values, value) // max(1, len(values)))
        for part, values, value in zip(PARTS, ranks, _compared(row), strict=True)
    }
    return CustomerScore(
        **{f"{of}_id": row[of]}, **scores, last_at=row["last_at"], orders=row["orders"],
        net_minor=row["net"],
    )  # fmt: skip


def _keep(of: str, after: int, until: int, fresh: dict[int, CustomerScore]) -> None:
    """Write what is different of the customers between two numbers."""
    with store.group(Side.CRM, "sales.refresh_scores"):
        rows = store.rows(CustomerScore).filter(**{f"{of}__gt": after, f"{of}__lte": until})
        stored = {getattr(row, f"{of}_id"): row for row in rows}
        same = {
            key for key, row in stored.items()
            if key in fresh and all(getattr(row, n) == getattr(fresh[key], n) for n in _KEPT)
        }  # fmt: skip
        gone = [row.pk for key, row in stored.items() if key not in same]
        store.discard(store.rows(CustomerScore).filter(pk__in=gone))
        store.append(CustomerScore, [row for key, row in fresh.items() if key not in same])
