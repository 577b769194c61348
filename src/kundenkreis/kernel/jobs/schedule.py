"""Recurring jobs: `@every(hours=24)` above a task keeps one job of it waiting; with `@each_midnight`
it is due when the company's day begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from kundenkreis.kernel import clock
from kundenkreis.kernel.jobs.backend import UNATTENDED, JobTask
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

SCHEDULES: dict[str, tuple[JobTask, timedelta]] = {}
AT_MIDNIGHT: set[str] = set()


def every(**interval: float) -> Callable[[Any], Any]:
    """Run a task without arguments again and again, `timedelta(**interval)` apart."""

    def register(task: Any) -> Any:
        SCHEDULES[task.module_path] = (task, timedelta(**interval))
        return task

    return register


def each_midnight(task: Any) -> Any:
    """Run a task without arguments at the beginning of each of the company's days; one that was
    missed as soon as there is a worker again."""
    AT_MIDNIGHT.add(task.module_path)
    return every(days=1)(task)


def midnight_after(at: datetime) -> datetime:
    """When the company's next day begins after an instant."""
    zone = ZoneInfo(settings.COMPANY_ZONE)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone).astimezone(UTC)


def enqueue_due(side: Side) -> int:
    """Make sure each schedule of the side has its next job; returns how many were added."""
    added = 0
    for name, (task, interval) in SCHEDULES.items():
        if task.backend != str(side):
            continue
        jobs = Job.objects.using(side.alias).filter(task=name)
        last = jobs.order_by("-id").values("state", "due_at").first()
        if last and last["state"] in (Job.State.READY, Job.State.RUNNING):
            continue
        due = clock.now()
        if last:
            after = last["due_at"]
            due = max(due, midnight_after(after) if name in AT_MIDNIGHT else after + interval)
        with unit_of_work(side, "kernel.jobs.schedule"):
            waiting = task.using(run_after=due, unique=f"every|{name}", priority=UNATTENDED)
            waiting.enqueue()
        added += 1
    return added
