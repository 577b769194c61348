"""Reading persons, organisations, their contact details and their timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    Organisation,
    Person,
    TimelineEntry,
)
from kundenkreis.kernel.access import Viewer, may_read_all, readable, visible
from kundenkreis.kernel.record import reference

PAGE = 30


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
    return (
        ContactDetail.objects.filter(pk=pk)
        .filter(
            Q(person__in=visible(viewer, Person.objects.all(), "crm.person.read"))
            | Q(
                organisation__in=visible(
                    viewer, Organisation.objects.all(), "crm.organisation.read"
                )
            )
        )
        .first()
    )


def affiliation(viewer: Viewer, pk: int) -> Affiliation | None:
    people = visible(viewer, Person.objects.all(), "crm.person.read")
    return Affiliation.objects.filter(pk=pk, person__in=people).first()


def contacts_of(viewer: Viewer, organisation: Organisation, limit: int = 20) -> list[Affiliation]:
    """The people of an organisation the viewer may read, current ones first."""
    people = visible(viewer, Person.objects.all(), "crm.person.read")
    rows = organisation.affiliations.filter(person__in=people)
    return list(rows.select_related("person").order_by("until", "id")[:limit])


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of a timeline, newest first; `after` continues it, empty at the end."""

    rows: list[TimelineEntry]
    after: str = ""


def timeline(viewer: Viewer, record: Any, after: str = "", kinds: tuple[str, ...] = ()) -> Entries:
    """What happened with a visible record: a person's own entries, an organisation's with those
    of its people, or those that refer to the record."""
    rows = _entries(viewer, record).select_related("person")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    start = _cursor(after)
    if start is not None:
        at, pk = start
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    found = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Entries(found, f"{found[-1].at.isoformat()}|{found[-1].pk}" if more else "")


def consents_of(person: Person) -> list[ContactPermission]:
    """What the person allowed or refused, as the crm knows it; the newest statement of each
    purpose and channel."""
    mine = Q(link_id=person.link_id) if person.link_id else Q(pk__in=[])
    folded = [detail.folded for detail in person.details]
    rows = ContactPermission.objects.filter(mine | Q(subject__in=folded))
    newest: dict[tuple[str, str], ContactPermission] = {}
    for row in rows.order_by("-since", "granted")[:200]:
        newest.setdefault((row.purpose, row.channel), row)
    return sorted(newest.values(), key=lambda row: (row.purpose, row.channel))


def due_next_steps(viewer: Viewer, until: date, limit: int = 20) -> list[Person | Organisation]:
    """The viewer's own next steps of persons and organisations that are due, earliest first."""
    due = Q(owner_id=viewer.user_id, next_step_on__lte=until)
    found: list[Person | Organisation] = []
    found += persons(viewer).filter(due).order_by("next_step_on", "id")[:limit]
    found += organisations(viewer).filter(due).order_by("next_step_on", "id")[:limit]
    found.sort(key=lambda record: (record.next_step_on or until, record.pk))
    return found[:limit]


def _entries(viewer: Viewer, record: Any) -> QuerySet[TimelineEntry]:
    if isinstance(record, Person):
        return TimelineEntry.objects.filter(person=record)
    if isinstance(record, Organisation):
        people = visible(viewer, Person.objects.all(), "crm.person.read")
        belongs = people.filter(affiliations__organisation=record).order_by("pk")
        ids = list(belongs.values_list("pk", flat=True)[:100])
        seen = Exists(people.filter(pk=OuterRef("person_id")))
        own = Q(organisation=record) & (Q(person=None) | seen)
        return TimelineEntry.objects.filter(own | Q(person_id__in=ids))
    return TimelineEntry.objects.filter(reference=reference(record))


def _cursor(text: str) -> tuple[datetime, int] | None:
    at, _, pk = text.partition("|")
    try:
        return datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
