"""Which persons and organisations somebody in a file may be: by address, or by name with
company or birth date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from kundenkreis.crm.people import queries
from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.duplicates.keys import PersonFacts, birth_keys
from kundenkreis.crm.people.duplicates.likeness import Known, of_persons
from kundenkreis.crm.people.models import Affiliation, BlockingKey, ContactDetail, Person
from kundenkreis.kernel import search
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.conditions import caseless
from kundenkreis.kernel.sides import Side

Wanted = tuple[str, ...]
Found = Mapping[Wanted, set[int]]


def persons_by_address(kind: str) -> Any:
    """A finder of persons by their e-mail address or phone number."""
    return lambda viewer, wanted: _by_address(kind, "person_id", queries.persons(viewer), wanted)


def organisations_by_address(kind: str) -> Any:
    """The same of organisations."""
    rows = queries.organisations
    return lambda viewer, wanted: _by_address(kind, "organisation_id", rows(viewer), wanted)


def _by_address(kind: str, holder: str, visible: Any, wanted: Collection[Wanted]) -> Found:
    folded = {folded_way(kind, value[0]): value for value in wanted}
    details = ContactDetail.objects.filter(
        kind=kind, folded__among=folded, **{f"{holder}__isnull": False}
    )
    rows = list(details.values_list("folded", holder))
    readable = _readable(visible, {pk for _, pk in rows})
    found: dict[Wanted, set[int]] = {}
    for text, pk in rows:
        if pk in readable:
            found.setdefault(folded[text], set()).add(pk)
    return found


def persons_by_name_and_company(viewer: Viewer, wanted: Collection[Wanted]) -> Found:
    """Persons of that first and last name who work there; a name alone is nobody."""
    called = search.called(Side.CRM, "person", {f"{first} {last}" for first, last, _ in wanted})
    rows = Affiliation.objects.filter(
        person__pk__among=_readable(queries.persons(viewer), called),
        organisation__pk__among={int(value[2]) for value in wanted if value[2].isdigit()},
    )
    found: dict[Wanted, set[int]] = {}
    columns = ("person", "person__first_name", "person__last_name", "organisation")
    for pk, first_name, last_name, organisation in rows.values_list(*columns):
        key = (caseless(first_name), caseless(last_name), str(organisation))
        if key in wanted:
            found.setdefault(key, set()).add(pk)
    return found


def persons_by_name_and_birth_date(viewer: Viewer, wanted: Collection[Wanted]) -> Found:
    """Persons who were born that day and are called so, or nearly: by the keys that also find who is
    there while somebody is entered, with three questions for all of them."""
    typed = {value: _born(*value) for value in wanted}
    asked: dict[int, list[Wanted]] = defaultdict(list)
    for value, one in typed.items():
        for key in birth_keys(PersonFacts(one.first_name, one.last_name, one.birth)):
            asked[key.number].append(value)
    keys = BlockingKey.objects.filter(key__among=list(asked), of=BlockingKey.Of.PERSON)
    near = set(keys.values_list("key", "row"))
    readable = _readable(queries.persons(viewer), {row for _number, row in near})
    rows = Person.objects.filter(pk__among=readable).order_by()
    columns = ("pk", "first_name", "last_name", "birth_date")
    there = {pk: _born(*facts) for pk, *facts in rows.values_list(*columns)}
    found: dict[Wanted, set[int]] = {}
    for number, pk in near:
        for value in asked[number] if pk in there else ():
            if of_persons(typed[value], there[pk]).claims:
                found.setdefault(value, set()).add(pk)
    return found


def _born(first_name: str, last_name: str, birth: object) -> Known:
    return Known(first_name, last_name, birth=str(birth or "").replace("-", ""))


def _readable(visible: Any, pks: Collection[int]) -> set[int]:
    """Those that may be read. Asked by themselves: as a part of the other question SQLite would go
    through everybody who may be read."""
    if not pks:
        return set()
    return set(visible.order_by().filter(pk__among=pks).values_list("pk", flat=True))
