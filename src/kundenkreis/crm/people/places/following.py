"""Keeping locations current: with every write of a postal address, in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import batched
from typing import Any

from django.db.models import Q

from kundenkreis.crm.people.models import ContactDetail, Location, Organisation, Person
from kundenkreis.crm.people.places.distance import band, vector
from kundenkreis.crm.people.places.geocoding import Address, Spot, locate
from kundenkreis.crm.people.places.naming import code
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import AT_THE_END, EVERYTHING, Unit

CHUNK = 500
POSTAL = ContactDetail.Kind.POSTAL
_ASKED = ("pk", "person_id", "organisation_id", "country", "postal_code", "town")
_COLUMNS = (
    "detail_id", "person_id", "organisation_id", "is_main", "country", "postal_code", "region",
    "latitude", "longitude", "band", "x", "y", "z", "precision", "source", "agrees",
)  # fmt: skip
Holders = tuple[set[int], set[int]]


def follow(unit: Unit) -> None:
    """Locate anew whatever addresses a unit of work touched, and those beside them.

    An address that goes leaves its holder touched, who may have another one for the main one now.
    """
    if unit.side is not Side.CRM:
        return
    touched = unit.touched.get(ContactDetail, {})
    holders = _came_or_went(unit, Person), _came_or_went(unit, Organisation)
    for part in batched(touched, CHUNK, strict=False):
        rows = store.rows(ContactDetail).filter(pk__among=set(part))
        for person, organisation in rows.values_list("person_id", "organisation_id"):
            holders[0].update({person} - {None})
            holders[1].update({organisation} - {None})
    locate_of(holders)


def locate_of(holders: Holders) -> int:
    """Write where the postal addresses of some persons and organisations are; returns how many."""
    count = 0
    for name, pks in zip(("person", "organisation"), holders, strict=True):
        for part in batched(sorted(pks), CHUNK, strict=False):
            count += _write(Q(**{f"{name}__pk__among": set(part)}))
    return count


def _came_or_went(unit: Unit, model: type[Any]) -> set[int]:
    rows = unit.touched.get(model, {})
    return {pk for pk, names in rows.items() if names.issuperset(EVERYTHING)}


def _write(of: Q) -> int:
    rows = store.rows(ContactDetail).filter(of, kind=POSTAL).order_by("-is_primary", "id")
    details = list(rows.values_list(*_ASKED))
    if not details:
        return 0
    spots = locate([Address(*row[3:]) for row in details])
    seen: set[tuple[int | None, int | None]] = set()
    made: list[Sequence[Any]] = []
    for row, spot in zip(details, spots, strict=True):
        made.append(_values(row, spot, is_main=(row[1], row[2]) not in seen))
        seen.add((row[1], row[2]))
    bulk.upsert(Location, _COLUMNS, made, key=("detail_id",))
    return len(made)


def _values(row: Sequence[Any], spot: Spot | None, *, is_main: bool) -> Sequence[Any]:
    pk, person, organisation, country, postal_code, _town = row
    source = str(Location.Source.GEOCODED)
    if spot is None:
        bare = code(postal_code, country)
        nowhere = (None,) * 6
        return (pk, person, organisation, is_main, country, bare, "", *nowhere, "", source, None)
    x, y, z = vector(spot.latitude, spot.longitude)
    return (
        pk, person, organisation, is_main, spot.country, spot.postal_code, spot.region,
        spot.latitude, spot.longitude, band(spot.latitude), x, y, z, str(spot.precision), source, spot.agrees,
    )  # fmt: skip


def all_holders(pks: Iterable[tuple[int | None, int | None]]) -> Holders:
    """Persons and organisations apart."""
    pairs: Collection[tuple[int | None, int | None]] = list(pks)
    people = {person for person, _firm in pairs if person is not None}
    return people, {firm for _person, firm in pairs if firm is not None}


AT_THE_END.append(follow)
