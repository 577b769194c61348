"""By which names somebody goes on both sides: numbers, link ids, cookie and customer ids, addresses.

Everything else that is theirs is found by these (`places`). What they share with somebody else, such
as the telephone of their firm, is not theirs alone and finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from uuid import UUID

from django.db.models import Q

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import ContactDetail, CustomerId, FormerLink, Person
from kundenkreis.engage.consent.queries import Subject, names_of
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import group_ids, linked
from kundenkreis.kernel import store
from kundenkreis.kernel.models import AuditChange, AuditEntry, RemovedRow
from kundenkreis.kernel.sides import Side
from kundenkreis.records.models import Merge

SHORTEST = 6  # characters of a text that is looked for wherever something is written
ADDRESSES = ("email", "phone")


@dataclass(frozen=True, slots=True)
class Whose:
    """One person. `persons` are their number and those of whoever became part of them; `ways` are
    their own (kind, folded) contact details, `tokens` texts that mean nobody else."""

    person: int
    name: str
    created: str
    persons: frozenset[int]
    links: frozenset[UUID]
    profiles: frozenset[int]
    subjects: frozenset[Subject]
    ways: frozenset[tuple[str, str]]
    numbers: frozenset[tuple[str, str]]
    tokens: tuple[str, ...] = field(repr=False)

    @property
    def folded(self) -> set[str]:
        return {value for _kind, value in self.ways}

    def buried(self, side: Side, *, number: bool = True) -> set[str]:
        """The names under which they must not come back to a side; see `kernel.tombstones`."""
        names = {f"link|{link}" for link in self.links}
        if side is Side.ENGAGE:
            return names | {"|".join(subject) for subject in self.subjects}
        names |= {f"person|{self.person}|{self.created}"}
        names |= {f"{kind}|{value}" for kind, value in self.ways if kind in ADDRESSES}
        if number:
            names |= {f"number|{source}|{value}" for source, value in self.numbers}
        return names


def whose(person: Person) -> Whose:
    """Everything a person of the crm goes by."""
    persons = _with_merged(person.pk)
    links = _links(persons)
    profiles = {pk for one in linked(links).values() for pk in group_ids(one)}
    links |= _links_of(profiles)
    details = store.stored(Side.CRM, ContactDetail).filter(person__in=persons)
    written = {one.value: (str(one.kind), one.folded) for one in details}
    written |= {text: (kind, folded_way(kind, text)[:320]) for kind, text in _said(profiles)}
    ways = _alone(set(written.values()), persons)
    own = {text: way for text, way in written.items() if way in ways}
    subjects = set(names_of(profiles)) | {("", "person", str(link)) for link in links}
    for text, (kind, folded) in own.items():
        subjects |= {("", kind, text), ("", kind, folded)} if kind in ADDRESSES else set()
    numbers = _numbers(person, persons)
    tokens = {*own, *(folded for kind, folded in ways if kind in ADDRESSES)}
    tokens |= {str(link) for link in links} | _full_names(person, persons) | _former(persons)
    return Whose(
        person=person.pk,
        name=str(person),
        created=person.created_at.isoformat(),
        persons=frozenset(persons),
        links=frozenset(links),
        profiles=frozenset(profiles),
        subjects=frozenset(subjects),
        ways=frozenset(ways),
        numbers=frozenset(numbers),
        tokens=tuple(
            sorted((one for one in tokens if len(one) >= SHORTEST), key=len, reverse=True)
        ),
    )


def whose_link(link: UUID) -> Whose:
    """What marketing alone knows of somebody: by the id under which the crm knew them."""
    profiles = {pk for one in linked({link}).values() for pk in group_ids(one)}
    links = _links_of(profiles) | {link}
    said = {text: (kind, folded_way(kind, text)[:320]) for kind, text in _said(profiles)}
    ways = _alone(set(said.values()), ())
    subjects = set(names_of(profiles)) | {("", "person", str(one)) for one in links}
    subjects |= {("", way[0], text) for text, way in said.items() if way in ways}
    return Whose(
        0, "", "", frozenset(), frozenset(links), frozenset(profiles), frozenset(subjects),
        frozenset(ways), frozenset(), tuple(str(one) for one in links),
    )  # fmt: skip


def _with_merged(pk: int) -> set[int]:
    """The number, and those of all who became part of the person, as the audit has them."""
    found, fresh = {pk}, {pk}
    entries = store.stored(Side.CRM, AuditEntry)
    while fresh:
        targets = [f"crm.person:{one}" for one in fresh]
        merges = entries.filter(target__in=targets, command="person.merge").values("batch")
        gone = entries.filter(
            batch__in=merges, command="person.merge", action="remove",
            target__gte="crm.person:", target__lt="crm.person;",
        )  # fmt: skip
        kept = store.stored(Side.CRM, Merge).filter(kind="person", kept__in=fresh)
        former = store.stored(Side.CRM, FormerLink).filter(person__in=fresh)
        numbers = {int(one.rpartition(":")[2]) for one in gone.values_list("target", flat=True)}
        numbers |= set(kept.filter(undone_at=None).values_list("gone", flat=True))
        numbers |= set(former.values_list("was_of", flat=True))
        # Who is a record of their own again is somebody else.
        alive = store.stored(Side.CRM, Person).filter(pk__in=numbers - found)
        fresh = numbers - found - set(alive.values_list("pk", flat=True))
        found |= fresh
    return found


def _alone(ways: set[tuple[str, str]], persons: Iterable[int]) -> set[tuple[str, str]]:
    """Those contact details that nobody else has, too."""
    rows = store.stored(Side.CRM, ContactDetail).filter(folded__in={value for _, value in ways})
    others = rows.exclude(person__in=list(persons)) | rows.filter(organisation__isnull=False)
    return ways - set(others.values_list("kind", "folded"))


def _links(persons: Iterable[int]) -> set[UUID]:
    own = store.stored(Side.CRM, Person).filter(pk__in=list(persons), link_id__isnull=False)
    former = store.stored(Side.CRM, FormerLink).filter(person__in=list(persons))
    found = {*own.values_list("link_id", flat=True), *former.values_list("link_id", flat=True)}
    return {link for link in found if link is not None}


def _links_of(profiles: Iterable[int]) -> set[UUID]:
    rows = store.stored(Side.ENGAGE, Profile).filter(pk__in=list(profiles), link_id__isnull=False)
    return {link for link in rows.values_list("link_id", flat=True) if link is not None}


def _said(profiles: Iterable[int]) -> Iterator[tuple[str, str]]:
    """The addresses that they, or a shop, told: kind and text."""
    rows = store.stored(Side.ENGAGE, Profile).filter(pk__in=list(profiles))
    for traits in rows.values_list("traits", flat=True):
        for kind in ADDRESSES:
            text = traits.get(kind)
            if isinstance(text, str) and text:
                yield kind, text


def _numbers(person: Person, persons: Iterable[int]) -> set[tuple[str, str]]:
    rows = store.stored(Side.CRM, CustomerId).filter(person__in=list(persons))
    own = {("", person.customer_number)} if person.customer_number else set()
    return {*rows.values_list("source", "number"), *own}


def _full_names(person: Person, persons: Iterable[int]) -> set[str]:
    """First and last name as one text, also earlier ones, where nobody else is called so."""
    first, last = {person.first_name}, {person.last_name}
    for said in _changes([f"crm.person:{pk}" for pk in persons]):
        first |= {one for one in said.get("first_name", ()) if one}
        last |= {one for one in said.get("last_name", ()) if one}
    same = Q(first_name__in=first, last_name__in=last)
    others = store.stored(Side.CRM, Person).filter(same).exclude(pk=person.pk)
    taken = set(others.values_list("first_name", "last_name"))
    return {f"{a} {b}" for a, b in product(first, last) if a and b and (a, b) not in taken}


def _former(persons: Iterable[int]) -> set[str]:
    """Earlier addresses of theirs that nobody has any more."""
    rows = store.stored(Side.CRM, ContactDetail).filter(person__in=list(persons))
    own = [f"crm.contactdetail:{pk}" for pk in rows.values_list("pk", flat=True)]
    texts = {one for said in _changes(own) for one in said.get("value", ()) if one}
    images = store.stored(Side.CRM, RemovedRow).filter(
        table="crm_people.contactdetail", image__person_id__in=list(persons)
    )
    texts |= {str(one.get("value")) for one in images.values_list("image", flat=True)}
    known = store.stored(Side.CRM, ContactDetail).filter(value__in=texts)
    return texts - set(known.values_list("value", flat=True))


def _changes(targets: list[str]) -> Iterator[dict[str, list[str]]]:
    """What the audit says that was changed of these."""
    rows = store.stored(Side.CRM, AuditChange).filter(entry__target__in=targets)
    yield from rows.values_list("fields", flat=True)
