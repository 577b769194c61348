"""Recurring work of tracking."""

from __future__ import annotations

from django.tasks import task

from kundenkreis.engage.tracking.commands import forget_old
from kundenkreis.engage.tracking.order_log import tell_missed_cancellations
from kundenkreis.kernel import store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.schedule import every
from kundenkreis.kernel.sides import Side

_ROUNDS = 2_000


@every(hours=1)
@task(backend="engage")
def forget_what_is_no_longer_needed() -> None:
    """Delete old message ids and rejected items, a thousand at a time."""
    for _ in range(_ROUNDS):
        if not forget_old(actor=system("tracking")):
            break


@every(minutes=5)
@task(backend="engage")
def tell_what_two_edges_missed() -> None:
    """Tell the crm about cancellations that reached one edge while another took their order."""
    with store.group(Side.ENGAGE, "tracking.tell_missed_cancellations"):
        tell_missed_cancellations()
