"""The three values that customers are scored by, piece by piece.

An order counts for the person who placed it, and for an organisation if it is in its name or was
placed by somebody who works or worked there: as the page of the organisation counts them, once each.
An order of whoever is restricted counts for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from kundenkreis.crm.people.models import Affiliation, Organisation, Person
from kundenkreis.crm.sales.models import Order
from kundenkreis.kernel import store
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.kernel.sides import Side

MONTHS = 36


@dataclass(frozen=True, slots=True)
class Bought:
    """What a customer ordered: when last, how often, for how much net of tax in minor units."""

    last_at: datetime
    orders: int
    net_minor: int

    def __add__(self, other: Bought) -> Bought:
        last, net = max(self.last_at, other.last_at), self.net_minor + other.net_minor
        return Bought(last, self.orders + other.orders, net)

    @property
    def compared(self) -> tuple[int, int, int]:
        """Recency, frequency and monetary value as numbers, more is better."""
        return int(self.last_at.timestamp() * 1_000_000), self.orders, self.net_minor


Piece = dict[int, Bought]  # by the number of the person or organisation


def pieces(of: str, now: datetime, size: int) -> Iterator[Piece]:
    """Every customer of the last 36 months, in the order of their numbers; `of` says which kind.

    Asked by numbers, not by "greater than the last": for that the database reads all orders, each time.
    """
    since = now.replace(year=now.year - MONTHS // 12, day=min(now.day, 28))
    orders = store.stored(Side.CRM, Order).filter(_counts(since, now))
    for keys in _numbers(Person if of == "person" else Organisation, size):
        found = _bought(orders.filter(**{f"{of}__in": keys}), of)
        for pk, bought in _of_people(keys, since, now).items() if of == "organisation" else ():
            found[pk] = found[pk] + bought if pk in found else bought
        if found:
            yield found


def _numbers(model: type[Person | Organisation], size: int) -> Iterator[list[int]]:
    rows, last = store.stored(Side.CRM, model).order_by("pk").values_list("pk", flat=True), 0
    while some := list(rows.filter(pk__gt=last)[:size]):
        yield some
        last = some[-1]


def _of_people(organisations: list[int], since: datetime, now: datetime) -> Piece:
    """What people of organisations ordered, without what is in the name of these."""
    orders = _counts(since, now, "person__orders__") & _not_its_own()
    roles = _roles().filter(orders, organisation__in=organisations)
    return _bought(roles, "organisation", "person__orders__")


def _roles() -> QuerySet[Affiliation]:
    """Who is at an organisation: once, also where they have two functions."""
    rows = store.stored(Side.CRM, Affiliation)
    same = rows.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
    return rows.filter(~Exists(same.filter(pk__lt=OuterRef("pk"))))


def _not_its_own() -> Q:
    """Said without "not": that would ask once more for each row."""
    name, this = "person__orders__organisation", F("organisation")
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": this}) | Q(**{f"{name}__gt": this})


def _counts(since: datetime, now: datetime, path: str = "") -> Q:
    placed = {f"{path}state": Order.State.PLACED, f"{path}placed_at__range": (since, now)}
    return Q(person__restriction__isnull=True, **placed)


def _bought(rows: QuerySet[Any], of: str, path: str = "") -> Piece:
    placed, own = Q(**{f"{path}kind": Order.Kind.ORDER}), Q(**{f"{path}currency": CURRENCY})
    found = (
        rows.order_by()
        .values(of)
        .annotate(
            last_at=Max(f"{path}placed_at", filter=placed),
            number=Count(f"{path}pk", filter=placed),
            net=Coalesce(Sum(f"{path}net_minor", filter=own), Value(0)),
        )
        .filter(number__gt=0)
    )
    return {row[of]: Bought(row["last_at"], row["number"], row["net"]) for row in found}
