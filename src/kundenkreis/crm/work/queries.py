"""Reading activities: what is to be done, what somebody is told of, what they began to write."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.work.models import Activity, Draft
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, reads_all, visible
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry

if TYPE_CHECKING:
    from kundenkreis.kernel.models import RemovedRow
    from kundenkreis.records.declaration import RecordType

SHOWN = 20
RIGHT = "crm.activity.read"


def activities(viewer: Viewer) -> QuerySet[Activity]:
    """The activities the viewer may read: none that is about a record they may not read."""
    if activities not in viewer.kept:  # put together once: a page asks for them several times
        known = (
            _known(kind, viewer)
            for kind in registry.TYPES.values()
            if kind.side is Side.CRM and kind.model is not Activity
            and not reads_all(viewer, kind.model)
        )  # fmt: skip
        rows = visible(viewer, Activity.objects.all(), RIGHT)
        viewer.kept[activities] = rows.filter(*known)
    found: QuerySet[Activity] = viewer.kept[activities].all()
    return found


def removed_activities(viewer: Viewer, rows: QuerySet[RemovedRow]) -> QuerySet[RemovedRow]:
    """The deleted ones the viewer may know of: all, or what they deleted themselves where there are
    records that they may not read."""
    readable = (reads_all(viewer, kind.model) for kind in registry.TYPES.values()
                if kind.side is Side.CRM and kind.model is not Activity)  # fmt: skip
    if all(readable):
        return rows
    return rows.filter(actor=viewer.reference)


def open_tasks(viewer: Viewer) -> QuerySet[Activity]:
    """The viewer's own tasks that are not done."""
    rows = activities(viewer).filter(owner_id__in=viewer.owners, is_done=False)
    return rows.filter(kind=Activity.Kind.TASK)


def due_tasks(viewer: Viewer, until: date, limit: int = SHOWN) -> list[Activity]:
    """The viewer's own open tasks that are due by a day, earliest first."""
    return list(open_tasks(viewer).filter(due_on__lte=until).order_by("due_on", "id")[:limit])


def meetings(
    viewer: Viewer, since: datetime, until: datetime, limit: int = SHOWN
) -> list[Activity]:
    """The viewer's own meetings of a time, in order."""
    rows = activities(viewer).filter(owner_id__in=viewer.owners, kind=Activity.Kind.MEETING)
    return list(rows.filter(at__gte=since, at__lt=until).order_by("at", "id")[:limit])


def upcoming(viewer: Viewer, record: Any, limit: int = SHOWN) -> list[Activity]:
    """What is still to be done about a record, tasks by their day and meetings by their time."""
    rows = activities(viewer).filter(_about(record))
    planned = Q(kind=Activity.Kind.TASK, is_done=False) | Q(at__gt=clock.now())
    found = list(rows.filter(planned).order_by("due_on", "at", "id")[: limit * 2])
    far = date.max
    found.sort(key=lambda one: (one.due_on or (one.at.date() if one.at else far), one.pk))
    return found[:limit]


def draft(viewer: Viewer, record: Any) -> dict[str, str]:
    """What the viewer has begun to write about a record."""
    rows = Draft.objects.filter(user_id=viewer.user_id or 0, about_row=record.pk)
    found = rows.filter(about_kind=record._meta.model_name).first()
    return dict(found.typed) if found else {}


def _known(kind: RecordType, viewer: Viewer) -> Q:
    """That an activity is not about a record of the type, or about one the viewer may read.

    What it is about decides; its person or organisation only where it is about nothing else.
    """
    readable = kind.rows(viewer).order_by()
    known = ~Q(about_kind=kind.name) | Q(Exists(readable.filter(pk=OuterRef("about_row"))))
    for name, model in (("person", Person), ("organisation", Organisation)):
        if kind.model is model:
            nobody = Q(**{f"{name}__isnull": True}) | ~Q(about_kind="")
            known &= nobody | Q(Exists(readable.filter(pk=OuterRef(f"{name}_id"))))
    return known


def _about(record: Any) -> Q:
    """That an activity is about a record, or about something that belongs to it."""
    exactly = Q(about_kind=record._meta.model_name, about_row=record.pk)
    if isinstance(record, Person):
        return exactly | Q(person=record)
    if isinstance(record, Organisation):
        return exactly | Q(organisation=record)
    return exactly
