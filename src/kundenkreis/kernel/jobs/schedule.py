"""Recurring jobs: `@every(hours=24)` above a task keeps one job of it waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from kundenkreis.kernel import clock
from kundenkreis.kernel.jobs.backend import JobTask
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

SCHEDULES: dict[str, tuple[JobTask, timedelta]] = {}


def every(**interval: float) -> Callable[[Any], Any]:
    """Run a task without arguments again and again, `timedelta(**interval)` apart."""

    def register(task: Any) -> Any:
        SCHEDULES[task.module_path] = (task, timedelta(**interval))
        return task

    return register


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
        due = max(clock.now(), last["due_at"] + interval) if last else clock.now()
        with unit_of_work(side, "kernel.jobs.schedule"):
            task.using(run_after=due, unique=f"every|{name}").enqueue()
        added += 1
    return added
