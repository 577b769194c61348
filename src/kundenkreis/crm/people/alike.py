"""Who may be there already, while somebody is being entered: by keys, with reasons, within rights.

What a viewer may not read is looked for neither by its rows nor by its fields: to them the answer is
the same as if it were not stored at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kundenkreis.crm.people import queries
from kundenkreis.crm.people.duplicates.addresses import domain_of
from kundenkreis.crm.people.duplicates.keys import (
    Key,
    OrganisationFacts,
    PersonFacts,
    organisation_keys,
    person_keys,
)
from kundenkreis.crm.people.duplicates.likeness import (
    Known,
    Likeness,
    Place,
    of_organisations,
    of_persons,
)
from kundenkreis.crm.people.models import (
    Affiliation,
    BlockingKey,
    ContactDetail,
    Organisation,
    Person,
)
from kundenkreis.kernel.access import Viewer, readable, reads_all, subject_of, visible

MOST = 60  # candidates by one key
SHOWN = 5
EMAIL, PHONE, POSTAL = (str(kind) for kind in ("email", "phone", "postal"))
# The fields that a viewer must see for a fact to be compared.
NEEDS = {
    "first_name": ("first_name", "last_name"), "last_name": ("first_name", "last_name"),
    "name": ("name",), "birth": ("birth_date",), "emails": (EMAIL,), "phones": (PHONE,),
    "domains": (EMAIL, "website"), "places": (POSTAL, "street", "postal_code"),
    "organisations": ("affiliations", "organisation"), "vat_id": ("vat_id",),
    "register_number": ("register_number",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that may be the one that is being entered, and what speaks for it."""

    record: Any
    likeness: Likeness


def persons_alike(viewer: Viewer, typed: Known, *, besides: int = 0) -> list[Alike]:
    """Persons who may be the one of whom so much is known, the likeliest first.

    `besides` is the number of the one that it is known of, if there is one.
    """
    typed = _permitted(viewer, Person, typed)
    facts = PersonFacts(typed.first_name, typed.last_name, typed.birth, _codes(typed))
    rows = _candidates(viewer, Person, typed, person_keys(facts)) - {besides}
    if typed.organisations and typed.last_name:
        rows |= _colleagues(viewer, typed, person_keys(facts)) - {besides}
    found = {pk: of_persons(typed, other) for pk, other in _persons(viewer, rows, typed)}
    return _best(queries.persons(viewer), found)


def organisations_alike(viewer: Viewer, typed: Known, *, besides: int = 0) -> list[Alike]:
    """The same of organisations."""
    typed = _permitted(viewer, Organisation, typed)
    facts = OrganisationFacts(typed.name, typed.register_number, (), _codes(typed))
    hosts = OrganisationFacts(hosts=tuple(sorted(typed.domains)))
    keys = organisation_keys(facts) | organisation_keys(hosts)
    rows = _candidates(viewer, Organisation, typed, keys)
    if typed.vat_id:
        same = _within(viewer, Organisation, Organisation.objects.filter(vat_id=typed.vat_id), "pk")
        rows |= set(same.values_list("pk", flat=True)[:MOST])
    found = {
        pk: of_organisations(typed, other) for pk, other in _organisations(rows - {besides}, typed)
    }
    return _best(queries.organisations(viewer), found)


def _permitted(viewer: Viewer, model: type[Any], typed: Known) -> Known:
    """What is typed, without facts that this viewer is not told of others."""
    subject = subject_of(model)
    hidden = {
        fact: type(getattr(typed, fact))()
        for fact, names in NEEDS.items()
        if not all(viewer.sees(subject, name) for name in names)
    }
    return replace(typed, **hidden) if hidden else typed


def _codes(typed: Known) -> tuple[str, ...]:
    return tuple(sorted(one.postal_code for one in typed.places if one.postal_code))


def _candidates(viewer: Viewer, model: type[Any], typed: Known, keys: Collection[Key]) -> set[int]:
    of = BlockingKey.Of.PERSON if model is Person else BlockingKey.Of.ORGANISATION
    holder = f"{model._meta.model_name}_id"
    found: set[int] = set()
    for number, fine in _asked(keys):
        known = BlockingKey.objects.filter(key=number, of=of)
        if fine:
            known = known.filter(fine=fine)
        inside = _within(viewer, model, known, "row").order_by("fine", "row")
        found |= set(inside.values_list("row", flat=True)[:MOST])
    for kind, folded in ((EMAIL, typed.emails), (PHONE, typed.phones)):
        for one in folded:
            there = ContactDetail.objects.filter(kind=kind, folded=one)
            there = _within(viewer, model, there.filter(**{f"{holder}__isnull": False}), holder)
            found |= set(there.order_by("pk").values_list(holder, flat=True)[:MOST])
    return found


def _asked(keys: Collection[Key]) -> Iterator[Key]:
    """Each key where it is known to be finest, and once for whoever has another postal code."""
    fine = {key for key in keys if key.fine}
    yield from sorted(fine)
    yield from sorted({Key(key.number) for key in keys})


def _colleagues(viewer: Viewer, typed: Known, keys: Collection[Key]) -> set[int]:
    """Those of the name who work there, however frequent the name is."""
    roles = readable(viewer, Affiliation.objects.filter(organisation__in=typed.organisations))
    found: set[int] = set()
    for number in {key.number for key in keys}:
        known = BlockingKey.objects.filter(key=number, of=BlockingKey.Of.PERSON)
        known = known.filter(Exists(roles.order_by().filter(person=OuterRef("row"))))
        inside = _within(viewer, Person, known, "row")
        found |= set(inside.values_list("row", flat=True)[:MOST])
    return found


def _within(viewer: Viewer, model: type[Any], rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Only what names records that the viewer may read."""
    right = f"{subject_of(model)}.read"
    if reads_all(viewer, model):
        return rows
    seen = visible(viewer, model._default_manager.all(), right).order_by()
    return rows.filter(Exists(seen.filter(pk=OuterRef(path))))


def _persons(viewer: Viewer, pks: set[int], typed: Known) -> Iterator[tuple[int, Known]]:
    ways, works = _ways(Person, pks), defaultdict[int, set[int]](set)
    if typed.organisations and pks:
        roles = Affiliation.objects.filter(
            person__pk__among=pks, organisation__in=typed.organisations
        )
        for person, firm in readable(viewer, roles).values_list("person", "organisation"):
            works[person].add(firm)
    rows = Person.objects.filter(pk__among=pks).order_by()
    for pk, first, last, birth in rows.values_list("pk", "first_name", "last_name", "birth_date"):
        born, firms = f"{birth:%Y%m%d}" if birth else "", frozenset(works[pk])
        yield (
            pk,
            replace(ways[pk], first_name=first, last_name=last, birth=born, organisations=firms),
        )


def _organisations(pks: set[int], typed: Known) -> Iterator[tuple[int, Known]]:
    ways = _ways(Organisation, pks)
    rows = Organisation.objects.filter(pk__among=pks).order_by()
    columns = ("pk", "name", "vat_id", "register_number", "website")
    for pk, name, vat_id, register_number, website in rows.values_list(*columns):
        hosts, number = domains((website, *ways[pk].emails)), plain_number(register_number)
        yield pk, replace(ways[pk], name=name, vat_id=vat_id, register_number=number, domains=hosts)


def _ways(model: type[Any], pks: set[int]) -> dict[int, Known]:
    """How each is reached and where each is, and nothing else yet."""
    name = str(model._meta.model_name)
    emails, phones, places = (defaultdict[int, set[Any]](set) for _ in range(3))
    details = ContactDetail.objects.filter(**{f"{name}__pk__among": pks}).order_by()
    columns = (f"{name}_id", "kind", "folded", "postal_code", "street")
    for pk, kind, folded, code, street in details.values_list(*columns) if pks else ():
        if kind == POSTAL:
            places[pk].add(Place(code, street))
        elif kind in (EMAIL, PHONE):
            (emails if kind == EMAIL else phones)[pk].add(folded)
    return {
        pk: Known(
            emails=frozenset(emails[pk]), phones=frozenset(phones[pk]), places=frozenset(places[pk])
        )
        for pk in pks
    }


def _best(rows: QuerySet[Any], found: dict[int, Likeness]) -> list[Alike]:
    """The likeliest, read as their viewer may see them. What shares no name and claims nothing, as
    others of one place, is nobody."""
    names = {"name", "similar", "phone"}
    worth = [(pk, one) for pk, one in found.items() if one.claims or names & {*one.reasons}]
    worth.sort(key=lambda item: (not item[1].claims, -item[1].weight, item[0]))
    best = dict(worth[:SHOWN])
    records = rows.order_by().filter(pk__among=list(best)).in_bulk() if best else {}
    return [Alike(records[pk], one) for pk, one in best.items() if pk in records]


def plain_number(text: str) -> str:
    """A register number without its spaces and signs."""
    return "".join(one for one in text.casefold() if one.isalnum())


def domains(texts: Iterable[str]) -> frozenset[str]:
    """The domains of web pages and addresses that not anybody can have."""
    return frozenset(domain for one in texts if (domain := domain_of(one)))
