"""Recurring work of tracking."""

from __future__ import annotations

from django.tasks import task

from kundenkreis.engage.tracking.commands import forget_old
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.schedule import every

_ROUNDS = 2_000


@every(hours=1)
@task(backend="engage")
def forget_what_is_no_longer_needed() -> None:
    """Delete old message ids and rejected items, a thousand at a time."""
    for _ in range(_ROUNDS):
        if not forget_old(actor=system("tracking")):
            break
