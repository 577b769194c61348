"""Reading the timeline: what happened, as far as the viewer may know of what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, TextField, When
from django.db.models.functions import Cast, Substr

from kundenkreis.crm.people.models import Organisation, Person, TimelineEntry
from kundenkreis.crm.people.timeline import ACTIVITY
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, reads_all, visible
from kundenkreis.kernel.record import reference
from kundenkreis.records import RecordType
from kundenkreis.records.registry import TYPES

PAGE = 30
LOOKED_AT = 1_000  # entries that a search for words reads at once
MERGES = ("merged", "parted")  # whose entries tell another record's name
# What a payload calls a field, where it does not use the field's own name.
CALLED = {"lost_reason": "reason"}


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of a timeline, newest first; `after` continues it, empty at the end."""

    rows: list[TimelineEntry]
    after: str = ""


def timeline(
    viewer: Viewer,
    record: Any,
    after: str = "",
    *,
    kinds: Collection[str] | None = None,
    person_id: int | None = None,
    among: Q | None = None,
    matches: Callable[[TimelineEntry], bool] | None = None,
) -> Entries:
    """What happened with a visible record up to now: a person's own entries, an organisation's with
    those of its people, or those that refer to the record.

    Only of some kinds, with one person, or what `matches` finds among the next entries; where it
    finds little there, `after` still goes on. `among` says what the database can tell of those that
    may match, which spares reading the others.
    """
    rows = _known(viewer, _entries(viewer, record))
    own = isinstance(record, Person)  # who is read already
    rows = rows if own else rows.select_related("person")
    rows = rows.filter(at__lte=clock.now())  # a meeting that is planned has not happened
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    if person_id is not None:
        rows = rows.filter(person=person_id)
    if among is not None:
        rows = rows.annotate(said=Cast("payload", TextField())).filter(among)
    if (start := _cursor(after)) is not None:
        at, pk = start
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    looked_at = PAGE if matches is None else LOOKED_AT
    found = list(rows.order_by("-at", "-pk")[: looked_at + 1])
    more, found = len(found) > looked_at, found[:looked_at]
    for entry in found:
        if own:
            entry.person = record
        _leave_out(viewer, entry)
    shown, last = found, found[-1:]
    if matches is not None:
        fitting = [entry for entry in found if matches(entry)]
        shown = fitting[:PAGE]
        if len(fitting) > PAGE:
            more, last = True, shown[-1:]
    return Entries(shown, f"{last[0].at.isoformat()}|{last[0].pk}" if more and last else "")


def _known(viewer: Viewer, rows: QuerySet[TimelineEntry]) -> QuerySet[TimelineEntry]:
    """Without entries about records that the viewer may not read."""
    numbers: dict[str, Case] = {}
    known: list[Q] = []
    for kind in TYPES.values():
        if not _belongs(kind) or reads_all(viewer, kind.model):
            continue
        column, prefix = _named(kind)
        about = Q(**{f"{column}__startswith": prefix})
        if kind.may(viewer, "read"):
            number = Cast(Substr(column, len(prefix) + 1), BigIntegerField())
            numbers[f"_{kind.name}"] = Case(When(about, then=number))
            seen = kind.rows(viewer).filter(pk=OuterRef(f"_{kind.name}"))
            known.append(~about | Q(Exists(seen)))
        else:
            known.append(~about)
    return rows.alias(**numbers).filter(*known)  # at once: each step copies all before it


def _belongs(kind: RecordType) -> bool:
    """Whether records of the type belong to persons or organisations."""
    related = {column.related_model for column in kind.model._meta.concrete_fields}
    return kind.model not in (Person, Organisation) and bool(related & {Person, Organisation})


def _named(kind: RecordType) -> tuple[str, str]:
    """Where an entry names a record of the type, and what stands before its number."""
    return ("key", ACTIVITY) if kind.name == "activity" else ("reference", f"{kind.subject}:")


def _leave_out(viewer: Viewer, entry: TimelineEntry) -> None:
    """Take out of an entry what it says of fields that are hidden from the viewer."""
    if entry.kind in MERGES and any(
        viewer.hidden_of(one) for one in ("crm.person", "crm.organisation")
    ):
        entry.payload = {name: one for name, one in entry.payload.items() if name != "name"}
    is_activity = entry.key.startswith(ACTIVITY)
    hidden = viewer.hidden_of("crm.activity" if is_activity else entry.reference.partition(":")[0])
    if hidden and isinstance(entry.payload, dict):
        said = hidden | {CALLED[name] for name in hidden if name in CALLED}
        entry.payload = {name: one for name, one in entry.payload.items() if name not in said}


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
