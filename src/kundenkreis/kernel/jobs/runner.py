"""Running jobs: claim with a lease, run, finish only if the lease is still ours."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.jobs.backend import UNATTENDED
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE = timedelta(seconds=60)
RENEWED = LEASE.total_seconds() / 3
ATTEMPTS = 5
UNFINISHED = [Job.State.READY, Job.State.RUNNING]

log = logging.getLogger(__name__)


def run_due(side: Side, limit: int = 50, *, attended: bool | None = None) -> int:
    """Run up to `limit` due jobs, one after the other; returns how many were tried.

    Only those for which somebody waits, or only the others, if `attended` says so.
    """
    for count in range(limit):
        job = claim(side, attended=attended)
        if job is None:
            return count
        run(job, side)
    return limit


def due(side: Side, *, attended: bool | None = None) -> QuerySet[Job]:
    """The jobs that may be taken now."""
    now, jobs = clock.now(), _jobs(side)
    earlier = jobs.filter(lane=OuterRef("lane"), id__lt=OuterRef("id"), state__in=UNFINISHED)
    free = Q(state=Job.State.READY) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    found = jobs.filter(free, Q(lane="") | ~Exists(earlier), state__in=UNFINISHED, due_at__lte=now)
    if attended is None:
        return found
    return found.filter(priority__gt=UNATTENDED) if attended else found.filter(priority=UNATTENDED)


def claim(side: Side, *, attended: bool | None = None) -> Job | None:
    """Take the next due job whose lane is free and hold it for `LEASE`."""
    now, jobs, waiting = clock.now(), _jobs(side), due(side, attended=attended)
    if not waiting.exists():  # asked often: nobody's turn to write is taken for that
        return None
    with unit_of_work(side, "kernel.jobs.claim"):
        skip = connections[side.alias].vendor == "postgresql"
        waiting = waiting.select_for_update(skip_locked=skip)
        waiting = waiting.order_by("-priority", "due_at", "id")
        while (job := waiting.first()) is not None and job.attempts >= ATTEMPTS:
            _give_up(job, side)  # its workers ended before they could say why
        if job is None:
            return None
        job.fence += 1
        jobs.filter(pk=job.pk).update(
            state=Job.State.RUNNING,
            fence=job.fence,
            attempts=F("attempts") + 1,
            started_at=now,
            lease_until=now + LEASE,
        )
        job.attempts += 1
        return job


def run(job: Job, side: Side) -> None:
    """Run one claimed job and write down how it ended."""
    try:
        with _kept(job, side):
            import_string(job.task).func(*job.args, **job.kwargs)
    except Exception as error:  # noqa: BLE001 - whatever a job raises is kept on its row
        log.warning("job %s (%s) failed: %r", job.pk, job.task, error)
        _failed(job, side, error)
    else:
        _finish(job, side, state=Job.State.DONE, finished_at=clock.now(), error="")


def _failed(job: Job, side: Side, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    if job.attempts >= ATTEMPTS:
        _finish(job, side, state=Job.State.DEAD, finished_at=clock.now(), error=text)
    else:
        due = clock.now() + timedelta(seconds=2**job.attempts)
        _finish(job, side, state=Job.State.READY, due_at=due, error=text)


def _give_up(job: Job, side: Side) -> None:
    text = (
        _("The process that ran this ended before it was done, %d times in a row.") % job.attempts
    )
    log.error("job %s (%s) is given up: %s", job.pk, job.task, text)
    values = {"state": Job.State.DEAD, "finished_at": clock.now(), "error": text}
    _jobs(side).filter(pk=job.pk).update(lease_until=None, **values)


def _finish(job: Job, side: Side, **values: object) -> None:
    # The fence keeps a worker that slept through its lease from writing over its successor.
    _jobs(side).filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING).update(
        lease_until=None, **values
    )


def _jobs(side: Side) -> QuerySet[Job]:
    return Job.objects.using(side.alias)


@contextmanager
def _kept(job: Job, side: Side) -> Iterator[None]:
    """Renew the lease while the job runs, so that long work is not taken over."""
    done = threading.Event()

    def renew() -> None:
        pause = RENEWED
        while not done.wait(pause):
            try:
                _jobs(side).filter(pk=job.pk, fence=job.fence).update(
                    lease_until=clock.now() + LEASE
                )
                pause = RENEWED
            except Exception:
                log.exception("the lease of job %s (%s) was not renewed", job.pk, job.task)
                connections[side.alias].close()
                pause = RENEWED / 10  # there is time for several more tries
        connections[side.alias].close()

    keeper = threading.Thread(target=renew, daemon=True, name=f"lease-{job.pk}")
    keeper.start()
    try:
        yield
    finally:
        done.set()
