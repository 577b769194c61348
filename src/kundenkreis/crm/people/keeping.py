"""Keeping the keys of persons and organisations current: with every write, in its transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from typing import Any

from django.db.models import Exists, OuterRef

from kundenkreis.crm.people.duplicates.keys import (
    Key,
    OrganisationFacts,
    PersonFacts,
    organisation_keys,
    person_keys,
)
from kundenkreis.crm.people.models import BlockingKey, ContactDetail, Organisation, Person
from kundenkreis.kernel import bulk, clock, search, store
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import AT_THE_END, EVERYTHING, Unit

CHUNK = 500
REBUILT = "people.keys."  # the cursors that say so, by type
WAYS = ("email", "postal")
SAID = {"person_id", "organisation_id", "person", "organisation", "value", "postal_code", "kind"}
COLUMNS = ("row", "of", "key", "fine")


@dataclass(frozen=True)
class Keyed:
    """A type of record that has keys, and the columns that say which."""

    model: type[Any]
    of: BlockingKey.Of
    columns: tuple[str, ...]

    @cached_property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    def keys(self, values: tuple[Any, ...], ways: list[tuple[str, str, str]]) -> set[Key]:
        """The keys of a record of these columns with these contact details."""
        codes = tuple(code for kind, _value, code in ways if kind == "postal" and code)
        if self.model is Person:
            first, last, birth = values
            return person_keys(PersonFacts(first, last, f"{birth:%Y%m%d}" if birth else "", codes))
        name, register, website = values
        hosts = (website, *(value for kind, value, _code in ways if kind == "email"))
        return organisation_keys(OrganisationFacts(name, register, hosts, codes))


KEYED = (
    Keyed(Person, BlockingKey.Of.PERSON, ("first_name", "last_name", "birth_date")),
    Keyed(Organisation, BlockingKey.Of.ORGANISATION, ("name", "register_number", "website")),
)


def follow(unit: Unit) -> None:
    """Write the keys of whatever a unit of work touched."""
    if unit.side is not Side.CRM:
        return
    holders = _holders(unit)
    for keyed in KEYED:
        columns = {*keyed.columns, *EVERYTHING}
        touched = unit.touched.get(keyed.model, {})
        pks = {pk for pk, names in touched.items() if names & columns} | holders[keyed.of]
        if pks:
            write(keyed, pks)


def _holders(unit: Unit) -> Mapping[BlockingKey.Of, set[int]]:
    """Whose contact details a unit of work touched; who lost one has been touched as well."""
    touched = unit.touched.get(ContactDetail, {})
    pks = {pk for pk, names in touched.items() if names & _DETAIL}
    found: dict[BlockingKey.Of, set[int]] = {one.of: set() for one in KEYED}
    if pks:
        details = store.rows(ContactDetail).filter(pk__among=pks)
        for person, organisation in details.values_list("person_id", "organisation_id"):
            of = BlockingKey.Of.PERSON if person else BlockingKey.Of.ORGANISATION
            found[of].add(person or organisation)
    return found


def write(keyed: Keyed, pks: Iterable[int]) -> None:
    """Write the keys of some records anew; those that are gone have none."""
    for part in map(frozenset, batched(sorted(pks), CHUNK, strict=False)):
        search.hold(keyed.name, part)  # whoever changes one of them at the same time waits
        wanted = {
            (pk, key.number, key.fine) for pk, keys in _wanted(keyed, part).items() for key in keys
        }
        rows = store.rows(BlockingKey).filter(row__among=part, of=keyed.of)
        known = {(row, key, fine): pk for pk, row, key, fine in rows.values_list(*_KNOWN)}
        stale = [pk for one, pk in known.items() if one not in wanted]
        if stale:
            store.discard(store.rows(BlockingKey).filter(pk__among=stale))
        new = [(row, keyed.of, key, fine) for row, key, fine in sorted(wanted - known.keys())]
        bulk.insert(BlockingKey, COLUMNS, new, ignore=True)


def rebuild_if_missing() -> int:
    """Write the keys of types of which that was not done to the end yet, as after an upgrade."""
    done = set(store.stored(Side.CRM, Cursor).values_list("name", flat=True))
    return sum(rebuild(one) for one in KEYED if f"{REBUILT}{one.name}" not in done)


def rebuild(keyed: Keyed) -> int:
    """Write the keys of one type anew, in pieces; returns of how many records."""
    count, last, pks = 0, 0, [0]
    while pks:
        with store.group(Side.CRM, "people.rebuild_keys"):
            rows = store.rows(keyed.model).filter(pk__gt=last).order_by("pk")
            pks = list(rows.values_list("pk", flat=True)[:CHUNK])
            write(keyed, pks)
        count, last = count + len(pks), pks[-1] if pks else last
    with store.group(Side.CRM, "people.rebuild_keys"):
        there = store.rows(keyed.model).order_by().filter(pk=OuterRef("row"))
        store.discard(store.rows(BlockingKey).filter(~Exists(there), of=keyed.of))
        done = Cursor(name=f"{REBUILT}{keyed.name}", moved_at=clock.now())
        store.append(Cursor, [done], ignore_conflicts=True)
    return count


def _wanted(keyed: Keyed, pks: Collection[int]) -> Mapping[int, set[Key]]:
    """The keys that records have by what is stored of them."""
    holder = f"{keyed.name}_id"
    ways: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    details = store.rows(ContactDetail).filter(kind__in=WAYS, **{f"{keyed.name}__pk__among": pks})
    for pk, *way in details.order_by().values_list(holder, "kind", "value", "postal_code"):
        ways[pk].append((way[0], way[1], way[2]))
    rows = store.rows(keyed.model).filter(pk__among=pks).order_by()
    return {
        pk: keyed.keys(tuple(values), ways[pk])
        for pk, *values in rows.values_list("pk", *keyed.columns)
    }


_KNOWN = ("pk", "row", "key", "fine")
_DETAIL = {*SAID, *EVERYTHING}

AT_THE_END.append(follow)
