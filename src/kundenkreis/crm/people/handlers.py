"""What people's timelines are told of."""

from __future__ import annotations

from typing import Any

from kundenkreis.crm.people.commands import enter
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.events import on
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.store import rows
from kundenkreis.records import named
from kundenkreis.records.events import NextStepDone


@on(NextStepDone)
def tell_the_timeline(event: NextStepDone) -> None:
    """A step that is done moves to the timeline of whom its record is about."""
    subject, _colon, pk = event.target.partition(":")
    side, _dot, name = subject.partition(".")
    if side == Side.CRM:
        record: Any = rows(named(name).model).get(pk=pk)
        enter(Viewer(event.by, event.user_id), record, "step_done", {"text": event.text})
