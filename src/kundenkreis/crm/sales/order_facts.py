"""What engage may know of a person's orders, for segments such as “bought before”."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Min, Q, Sum

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.shared_facts import Facts, lock_persons, share_facts
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.shared_scores import PURPOSE, score_facts
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command


@command
def share_order_facts(*, actor: Actor, person_ids: Iterable[int]) -> int:
    """Count the persons' orders anew and tell engage what changed; returns for how many."""
    people = lock_persons(set(person_ids))
    if not people:
        return 0
    scores = score_facts(people.keys())
    facts = {pk: {**mine, **scores.get(pk, {})} for pk, mine in order_facts(people).items()}
    return share_facts(actor=actor, facts=facts)


def order_facts(people: dict[int, Person]) -> dict[int, Facts]:
    """The facts per person id.

    Orders that were cancelled as a whole do not count; cancellations of goods lower the revenue
    (net, minor units). With several currencies the revenue is that of the latest order's.
    """
    groups: dict[int, list[dict[str, Any]]] = {pk: [] for pk in people}
    for row in _sums(list(people)):
        groups[row["person_id"]].append(row)
    return {pk: _facts(people[pk], rows) for pk, rows in groups.items()}


def _sums(person_ids: list[int]) -> list[dict[str, Any]]:
    order = Q(kind=Order.Kind.ORDER)
    rows = (
        store.rows(Order)
        .filter(person_id__in=person_ids, state=Order.State.PLACED)
        .values("person_id", "currency")
        .annotate(
            orders=Count("id", filter=order),
            revenue=Sum("net_minor"),
            first=Min("placed_at", filter=order),
            last=Max("placed_at", filter=order),
            latest=Max("placed_at"),
        )
    )
    return [dict(row) for row in rows]


def _facts(person: Person, rows: list[dict[str, Any]]) -> Facts:
    latest = max(rows, key=lambda row: (row["latest"], row["currency"]), default=None)
    firsts = [row["first"] for row in rows if row["first"]]
    lasts = [row["last"] for row in rows if row["last"]]
    values = {
        "is_customer": person.is_customer,
        "orders": sum(row["orders"] for row in rows),
        "revenue_minor": latest["revenue"] if latest else 0,
        "currency": latest["currency"] if latest else "",
        "first_order_on": _day(min(firsts, default=None)),
        "last_order_on": _day(max(lasts, default=None)),
    }
    return {name: {"value": value, "purpose": PURPOSE} for name, value in values.items()}


def _day(at: datetime | None) -> str | None:
    """The business date of an instant, in the company's zone."""
    return at.astimezone(ZoneInfo(settings.COMPANY_ZONE)).date().isoformat() if at else None
