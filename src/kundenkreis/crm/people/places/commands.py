"""Filling the table of places, and locating the whole base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from kundenkreis.crm.people.models import ContactDetail, Place
from kundenkreis.crm.people.places import following, naming
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.sides import Side

SHIPPED = Path(__file__).with_name("shipped")
EDITION = "crm.places.2026-03"  # another one is filled in anew by the next set-up
CHUNK = 1_000
_COLUMNS = (
    "country", "postal_code", "name", "folded", "region", "latitude", "longitude", "shipped",
)  # fmt: skip
Row = tuple[Any, ...]


def ship_places(*, actor: Actor) -> int:
    """Fill in the shipped postal codes unless this edition is there, and locate what is known;
    returns how many places."""
    if store.stored(Side.CRM, Cursor).filter(name=EDITION).exists():
        return 0
    count = exchange_places(actor=actor, places=shipped())
    locate_everything(actor=actor)
    return count


@command
def exchange_places(*, actor: Actor, places: Iterable[Row]) -> int:
    """Put these in the place of all shipped places; returns how many."""
    actor.require("crm.place.change")
    store.discard(Place.objects.filter(shipped=True))
    count = _add(places)
    done = Cursor(name=EDITION, moved_at=clock.now())
    store.append(Cursor, [done], ignore_conflicts=True)
    return count


@command
def add_places(*, actor: Actor, places: Iterable[Row]) -> int:
    """Add places to those that are there; what is known of the same code and name is replaced.

    Addresses are not located anew: `locate_everything` does that. Returns how many.
    """
    actor.require("crm.place.change")
    count = 0
    for part in batched(places, CHUNK, strict=False):
        same = {(row[0], row[1], row[3]) for row in part}
        known = store.rows(Place).filter(folded__among={folded for _, _, folded in same})
        gone = [
            pk
            for pk, *rest in known.values_list("pk", "country", "postal_code", "folded")
            if tuple(rest) in same
        ]
        store.discard(Place.objects.filter(pk__among=gone))
        bulk.insert(Place, _COLUMNS, part)
        count += len(part)
    return count


def locate_everything(*, actor: Actor) -> int:
    """Locate every postal address anew, in pieces; returns how many addresses."""
    count = last = 0
    while True:
        count_now, last = locate_some(actor=actor, after=last)
        if not last:
            return count
        count += count_now


@command
def locate_some(*, actor: Actor, after: int = 0) -> tuple[int, int]:
    """Locate the next piece of addresses; returns how many, and after which one to go on (0: done)."""
    actor.require("crm.place.change")
    rows = store.rows(ContactDetail).filter(kind=following.POSTAL, pk__gt=after).order_by("pk")
    found = list(rows.values_list("pk", "person_id", "organisation_id")[: following.CHUNK])
    if not found:
        return 0, 0
    holders = following.all_holders((person, firm) for _pk, person, firm in found)
    return following.locate_of(holders), found[-1][0]


def shipped() -> Iterator[Row]:
    """The places that come with the product (GeoNames, CC BY 4.0; `tools.places` makes them)."""
    for path in sorted(SHIPPED.glob("*.txt")):
        country = path.name.partition("-")[0]
        for line in path.read_text("utf-8").splitlines():
            postal_code, latitude, longitude, region, names = line.split("\t")
            for name in names.split("|"):
                yield place(
                    country, postal_code, name, float(latitude), float(longitude),
                    f"{country}-{region}" if region else "", shipped=True,
                )  # fmt: skip


def place(
    country: str, postal_code: str, name: str, latitude: float, longitude: float,
    region: str = "", *, shipped: bool = False,
) -> Row:  # fmt: skip
    """A place as the commands take it."""
    clean = naming.code(postal_code, country)
    folded = naming.key(name)
    return (country, clean, name[:120], folded, region, latitude, longitude, shipped)


def _add(places: Iterable[Row]) -> int:
    count = 0
    for part in batched(places, CHUNK, strict=False):
        bulk.insert(Place, _COLUMNS, part)
        count += len(part)
    return count
