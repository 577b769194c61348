"""How the machinery is doing: jobs, outbox, audit, per side; for the operation page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from kundenkreis.kernel import audit, clock, log
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.models import AuditEntry, Cursor, Job, OutboxMessage
from kundenkreis.kernel.relay import READER
from kundenkreis.kernel.sides import Side

RIGHT = "crm.operation.read"


@dataclass(frozen=True, slots=True)
class SideHealth:
    """One side at this moment; ages in seconds, None when nothing waits."""

    side: Side
    ready: int
    running: int
    dead: int
    oldest_due: float | None
    unread_messages: int
    relay_moved_at: datetime | None
    unsealed: int


def health(viewer: Viewer, side: Side) -> SideHealth:
    """Counts and ages of one side."""
    viewer.require(RIGHT)
    jobs = Job.objects.using(side.alias)
    counts = dict(jobs.values_list("state").annotate(Count("id")))
    now = clock.now()
    oldest = jobs.filter(state=Job.State.READY, due_at__lte=now).order_by("due_at").first()
    cursor = Cursor.objects.using(side.alias).filter(name=READER).first()
    read = log.position(READER, side)
    return SideHealth(
        side=side,
        ready=counts.get(Job.State.READY, 0),
        running=counts.get(Job.State.RUNNING, 0),
        dead=counts.get(Job.State.DEAD, 0),
        oldest_due=(now - oldest.due_at).total_seconds() if oldest else None,
        unread_messages=log.rows_after(OutboxMessage, read, side).count(),
        relay_moved_at=cursor.moved_at if cursor else None,
        unsealed=log.rows_after(AuditEntry, audit.sealed(side), side).count(),
    )


def dead_jobs(viewer: Viewer, side: Side, limit: int = 50) -> list[Job]:
    """Jobs that used up their attempts, newest first."""
    viewer.require(RIGHT)
    dead = Job.objects.using(side.alias).filter(state=Job.State.DEAD)
    return list(dead.order_by("-finished_at", "-id")[:limit])
