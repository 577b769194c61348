"""What staff decide about jobs that failed for good."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side

RIGHT = "crm.operation.change"


def retry_job(*, actor: Actor, side: Side, job_id: int) -> None:
    """Give a job that failed for good a new round of attempts at once.

    Raises `NotFound`; `DomainError` when it did not fail, or when another one already waits to do
    the same.
    """
    actor.require(RIGHT)
    with store.group(side, "kernel.retry_job"):
        job = store.lock(Job, job_id)
        if job.state != Job.State.DEAD:
            raise DomainError(
                _("This job is being tried again already."),
                _("Somebody else had it tried again, or it is done."),
                _("Nothing is left to do."),
            )
        values: dict[str, Any] = {"attempts": 0, "due_at": clock.now(), "finished_at": None}
        try:
            with store.group(side):
                store.change(actor, job, state=Job.State.READY, **values)
        except IntegrityError as error:
            raise DomainError(
                _("Another job already waits to do the same."),
                _("It was added after this one had failed."),
                _("Wait until that one is done."),
            ) from error
