"""Django's Tasks API on the kernel's job table of one side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.tasks import task
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskResult, TaskResultStatus

from kundenkreis.kernel import clock
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side

if TYPE_CHECKING:
    _Task = Task[..., None]
    _Result = TaskResult[..., None]
else:
    _Task, _Result = Task, TaskResult


# The priority of what only the clock asks for, or what waits for somebody outside.
UNATTENDED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(_Task):
    """A task that may be unique and may have to keep its order."""

    unique: str = ""
    lane: str = ""

    def using(
        self, *, unique: str | None = None, lane: str | None = None, **changes: Any
    ) -> JobTask:
        """The same task with another due time, priority, side, unique key or lane."""
        extra = {"unique": unique, "lane": lane, **changes}
        return replace(self, **{name: value for name, value in extra.items() if value is not None})

    def enqueue_once(self, unique: str, *args: Any, after: datetime | None = None) -> None:
        """Enqueue it unless an unfinished job has that key; `after` is when it is due."""
        self.using(unique=unique, run_after=after).enqueue(*args)

    def waits(self, beginning: str) -> bool:
        """Whether an unfinished job has a key that begins so."""
        unfinished = Job.objects.using(Side(self.backend).alias).filter(
            unique__startswith=beginning, state__in=(Job.State.READY, Job.State.RUNNING)
        )
        return unfinished.exists()


def job(side: Side, *, beside: bool = False) -> Callable[[Callable[..., None]], JobTask]:
    """Make a function a job of one side; like Django's `task`, with our task type.

    What waits for somebody outside runs `beside` the others, so that it keeps nobody waiting.
    """
    made = task(backend=str(side), priority=UNATTENDED if beside else 0)
    return cast("Callable[[Callable[..., None]], JobTask]", made)


class JobBackend(BaseTaskBackend):
    """Stores jobs in the database of the side whose name the backend carries."""

    task_class = JobTask
    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Insert the job in the transaction in progress; a unique one only once."""
        now: datetime = clock.now()
        alias = Side(self.alias).alias
        job = Job(
            task=task.module_path,
            args=list(args),
            kwargs=dict(kwargs),
            unique=task.unique or None,
            lane=task.lane,
            priority=task.priority,
            created_at=now,
            due_at=task.run_after or now,
        )
        Job.objects.using(alias).bulk_create([job], ignore_conflicts=bool(task.unique))
        return _result(task, job, self.alias)

    def get_result(self, result_id: str) -> Any:
        from django.tasks.exceptions import TaskResultDoesNotExist
        from django.utils.module_loading import import_string

        job = Job.objects.using(Side(self.alias).alias).filter(pk=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return _result(import_string(job.task), job, self.alias)


_STATUS = {
    Job.State.READY: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.DEAD: TaskResultStatus.FAILED,
}


def _result(task: Any, job: Job, alias: str) -> _Result:
    return TaskResult(
        task=task,
        id=str(job.pk or ""),
        status=_STATUS[Job.State(job.state)],
        enqueued_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=alias,
        errors=[],
        worker_ids=[str(number) for number in range(job.attempts)],
    )
