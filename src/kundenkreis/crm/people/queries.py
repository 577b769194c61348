"""Reading persons, organisations, their contact details and their timeline."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    Organisation,
    Person,
    Portfolio,
    Relation,
    RelationKind,
)
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, known, may_read_all, readable, subject_of, visible
from kundenkreis.records import named
from kundenkreis.records.page.once import once

MOST_PARTS = 500  # of a group of companies
Ends = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as it reads from one customer: the words, to whom, and whether it is over."""

    relation: Relation
    words: str
    other: Person | Organisation
    over: bool = False

    @property
    def url(self) -> str:
        return named("person" if isinstance(self.other, Person) else "organisation").url(
            self.other.pk
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who waits to hear from us; `since` is the day of the last contact, if any."""

    record: Person | Organisation
    since: date | None

    @property
    def is_organisation(self) -> bool:
        return isinstance(self.record, Organisation)

    @property
    def url(self) -> str:
        return named("organisation" if self.is_organisation else "person").url(self.record.pk)


def persons(viewer: Viewer) -> QuerySet[Person]:
    """Persons the viewer may read, with where they work as far as that may be read."""
    rows = visible(viewer, Person.objects.all(), "crm.person.read")
    if may_read_all(viewer, Affiliation):
        return rows  # what a page needs is read at once when it is asked for
    roles = readable(viewer, Affiliation.objects.all()).order_by("until", "id")
    return rows.prefetch_related(Prefetch("affiliations", roles))


def organisations(viewer: Viewer) -> QuerySet[Organisation]:
    """Organisations the viewer may read."""
    return visible(viewer, Organisation.objects.all(), "crm.organisation.read")


def contact_detail(viewer: Viewer, pk: int) -> ContactDetail | None:
    """One contact detail of a person or organisation the viewer may read."""
    found = ContactDetail.objects.filter(pk=pk).first()
    if found is None:
        return None
    holder: Person | Organisation | None = (
        persons(viewer).filter(contact_details=pk).first()
        or organisations(viewer).filter(contact_details=pk).first()
    )
    known = holder is not None and viewer.sees(subject_of(type(holder)), found.kind)
    return found if known else None


def affiliation(viewer: Viewer, pk: int) -> Affiliation | None:
    """One affiliation of a person and an organisation that the viewer may both read."""
    people = visible(viewer, Person.objects.all(), "crm.person.read")
    return readable(viewer, Affiliation.objects.filter(pk=pk, person__in=people)).first()


def contacts_of(viewer: Viewer, organisation: Organisation, limit: int = 20) -> list[Affiliation]:
    """The people of an organisation the viewer may read, current ones first."""
    people = visible(viewer, Person.objects.all(), "crm.person.read")
    rows = known(viewer, organisation.affiliations.filter(person__in=people))
    if not viewer.hidden:  # else their persons come without what is hidden, one query later
        rows = rows.select_related("person")
    return list(rows.order_by("until", "id")[:limit])


@once
def group_of(viewer: Viewer, organisation: Organisation) -> list[int]:
    """An organisation and all that is part of it, at any depth, as far as the viewer may read."""
    found, level = [organisation.pk], [organisation.pk]
    rows = organisations(viewer).order_by()
    while level and len(found) < MOST_PARTS:
        parts = rows.filter(parent__in=level).exclude(pk__in=found)
        level = list(parts.values_list("pk", flat=True)[: MOST_PARTS - len(found)])
        found += level
    return found


def relations(viewer: Viewer) -> QuerySet[Relation]:
    """Relations between those whom the viewer may read: both of the two, or it is not known."""
    rows = visible(viewer, Relation.objects.all(), "crm.relation.read")
    people = {"person": persons, "other": persons}
    firms = {"organisation": organisations, "other_organisation": organisations}
    for name, known_to in (people | firms).items():
        model: type[Any] = Person if name in people else Organisation
        if not may_read_all(viewer, model):
            read = known_to(viewer).order_by().filter(pk=OuterRef(f"{name}_id"))
            rows = rows.filter(Q(**{f"{name}__isnull": True}) | Exists(read))
    return rows


def relation_kinds(viewer: Viewer) -> QuerySet[RelationKind]:
    """The kinds of relations that are offered, in their order."""
    rows = visible(viewer, RelationKind.objects.all(), "crm.relationkind.read")
    return rows.filter(archived=False)


def relations_between(*names: str) -> Callable[[Viewer, Collection[Ends]], dict[Ends, set[int]]]:
    """How relations are found by both ends and their kind, each given as the text of its number."""

    def find(viewer: Viewer, wanted: Collection[Ends]) -> dict[Ends, set[int]]:
        rows = relations(viewer).filter(
            **{f"{names[0]}__pk__among": {int(one) for one, *_ in wanted}}
        )
        found: dict[Ends, set[int]] = {}
        for pk, *ends in rows.values_list("pk", *(f"{name}_id" for name in names)):
            found.setdefault(tuple(map(str, ends)), set()).add(pk)
        return {ends: pks for ends, pks in found.items() if ends in wanted}

    return find


def relations_of(viewer: Viewer, record: Person | Organisation, limit: int = 50) -> list[Tie]:
    """How somebody stands to those the viewer may read, newest first, what is over last."""
    one, other = ("person", "other") if isinstance(record, Person) else _FIRMS
    mine = relations(viewer).filter(Q(**{one: record}) | Q(**{other: record}))
    today = clock.today(settings.COMPANY_ZONE)
    found: list[Tie] = []
    # What kinds there are is no secret of those who may see the relation.
    for row in mine.select_related("kind").order_by("-id")[:limit]:
        turned = getattr(row, f"{one}_id") != record.pk
        words = row.kind.from_other if turned else str(row.kind)
        far = (row.person or row.organisation) if turned else (row.other or row.other_organisation)
        if far is not None:
            found.append(Tie(row, words, far, row.until is not None and row.until < today))
    return sorted(found, key=lambda tie: tie.over)


_FIRMS = ("organisation", "other_organisation")


def waiting_in(viewer: Viewer, portfolio: Portfolio, limit: int = 20) -> list[Waiting]:
    """Those of a portfolio who have waited for longer than its rhythm says, the longest first."""
    last_day = clock.today(settings.COMPANY_ZONE) - timedelta(days=portfolio.visit_days)
    late = Q(contacted_on__isnull=True) | Q(contacted_on__lt=last_day)
    found: list[Waiting] = []
    first = F("contacted_on").asc(nulls_first=True)
    everybody: tuple[QuerySet[Any], ...] = (persons(viewer), organisations(viewer))
    for rows in everybody:
        mine = rows.filter(late, portfolio=portfolio).order_by(first, "id")
        found += [Waiting(row, row.contacted_on) for row in mine[:limit]]
    found.sort(key=lambda one: (one.since or date.min, one.record.pk))
    return found[:limit]
