"""What sales do when something happens elsewhere."""

from __future__ import annotations

from kundenkreis.crm.people.commands import enter
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.events import on
from kundenkreis.records.events import RecordUndone


@on(RecordUndone)
def tell_the_timeline(event: RecordUndone) -> None:
    """An opportunity that was put back: the timeline would still have it where it was moved to."""
    if not event.target.startswith("crm.opportunity:") or "stage" not in event.fields:
        return
    opportunity = Opportunity.objects.select_related("stage").get(pk=event.record_id)
    payload = {"title": opportunity.title, "stage": opportunity.stage.label}
    enter(Viewer(event.by, event.user_id), opportunity, "opportunity_moved", payload)
