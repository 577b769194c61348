"""What people's timelines are told of."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kundenkreis.crm.people import keeping, merging  # noqa: F401 - follow writes and merges
from kundenkreis.crm.people.commands import enter
from kundenkreis.crm.people.doubles import outcomes  # noqa: F401 - likewise
from kundenkreis.crm.people.models import Organisation, Person, TimelineEntry
from kundenkreis.crm.people.places import following  # noqa: F401 - follows addresses
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.events import on
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.store import rows
from kundenkreis.records import named
from kundenkreis.records.events import NextStepDone, RecordUndone

PLANNED = {"next_step", "next_step_on"}


@on(NextStepDone)
def tell_the_timeline(event: NextStepDone) -> None:
    """A step that is done moves to the timeline of whom its record is about."""
    record = _record(event.target)
    if record is not None:
        enter(Viewer(event.by, event.user_id), record, "step_done", {"text": event.text})


@on(RecordUndone)
def tell_that_it_is_open_again(event: RecordUndone) -> None:
    """A step that was put back: the timeline would still have it as done."""
    record = _record(event.target) if PLANNED & set(event.fields) else None
    if record is None or not (record.next_step or record.next_step_on):
        return
    told = _about(record).filter(kind__in=("step_done", "step_open")).order_by("-id").first()
    if told is not None and (told.kind, told.payload["text"]) == ("step_done", record.next_step):
        actor = Viewer(event.by, event.user_id)
        enter(actor, record, "step_open", {"text": record.next_step})


def _record(target: str) -> Any:
    """The record of this side that a reference names; None for one of the other."""
    subject, _colon, pk = target.partition(":")
    side, _dot, name = subject.partition(".")
    return rows(named(name).model).get(pk=pk) if side == Side.CRM else None


def _about(record: Any) -> QuerySet[TimelineEntry]:
    """What the timeline says of a record itself."""
    found = rows(TimelineEntry)
    for model, name in ((Person, "person"), (Organisation, "organisation")):
        if isinstance(record, model):
            return found.filter(**{name: record}, reference="")
    return found.filter(reference=reference(record))
