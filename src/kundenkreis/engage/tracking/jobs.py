"""Recurring work of tracking, and what is special about forgetting."""

from __future__ import annotations

from django.tasks import task

from kundenkreis.engage.tracking import rejects
from kundenkreis.engage.tracking.commands import forget_events
from kundenkreis.engage.tracking.models import Event, RejectedItem
from kundenkreis.engage.tracking.order_log import tell_missed_cancellations
from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.schedule import every
from kundenkreis.kernel.sides import Side


@every(minutes=5)
@task(backend="engage")
def tell_what_two_edges_missed() -> None:
    """Tell the crm about cancellations that reached one edge while another took their order."""
    with store.group(Side.ENGAGE, "tracking.tell_missed_cancellations"):
        tell_missed_cancellations()


def _forget_events(side: Side, ids: list[int]) -> None:
    forget_events(actor=system("forgetting"), event_ids=ids)


# With those who are looked at again because of it, fewer than a thousand rows.
forgetting.rule(Event, forget=_forget_events, piece=400)
forgetting.rule(RejectedItem, due=rejects.over)
