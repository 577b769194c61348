"""Forgetting: what the kernel keeps for a time is deleted when that time is over.

How long is said in `privacy` and nowhere else. One job per side, a thousand rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, Model, QuerySet

from kundenkreis.kernel import clock, log
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import SCHEDULES, every
from kundenkreis.kernel.models import IdempotencyKey, Job, OutboxMessage
from kundenkreis.kernel.privacy import PRIVACY, promised_days
from kundenkreis.kernel.relay import READER
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

# The cursor by which the link tells a side how far the other one has taken what crosses.
CROSSED = "crossed"
CHUNK = 1_000
_ROUNDS = 1_000
_KEPT = promised_days(PRIVACY)

Old = Callable[[Side, datetime], list[int]]


@every(hours=1)
@job(Side.CRM)
def forget_in_crm() -> None:
    """Delete what the crm's machinery no longer needs."""
    forget(Side.CRM)


@every(hours=1)
@job(Side.ENGAGE)
def forget_in_engage() -> None:
    """Delete what engage's machinery no longer needs."""
    forget(Side.ENGAGE)


def forget(side: Side) -> int:
    """Delete everything whose time is over, in small transactions; returns how many rows."""
    return sum(_forget(side, model, old) for model, old in FORGOTTEN.items())


def _forget(side: Side, model: type[Model], old: Old) -> int:
    before = clock.now() - _KEPT[model.__name__]
    gone = 0
    for _ in range(_ROUNDS):
        with unit_of_work(side, "kernel.forget"):
            chunk = old(side, before)
            rows = model._default_manager.using(side.alias)
            gone += rows.filter(pk__in=chunk).delete()[0]
        if len(chunk) < CHUNK:
            break
    return gone


def _jobs(side: Side, before: datetime) -> list[int]:
    """Jobs that ended, well or not; but a rare schedule counts from its last one."""
    rare = [name for name, (_, interval) in SCHEDULES.items() if interval >= _KEPT["Job"]]
    jobs = Job.objects.using(side.alias)
    last = jobs.filter(task__in=rare).values("task").annotate(last=Max("pk")).values("last")
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.DEAD], finished_at__lt=before)
    ended = ended.exclude(pk__in=last).order_by("finished_at").select_for_update()
    return list(ended.values_list("pk", flat=True)[:CHUNK])


def _messages(side: Side, before: datetime) -> list[int]:
    """Messages that were handled here and received on the other side."""
    passed = min(log.position(READER, side), log.position(CROSSED, side))
    return _older(log.rows_until(OutboxMessage, passed, side), before)


def _keys(side: Side, before: datetime) -> list[int]:
    return _older(IdempotencyKey.objects.using(side.alias).order_by("pk"), before)


def _older(rows: QuerySet[Any], before: datetime) -> list[int]:
    # Only the oldest rows are looked at: a search for more would read a month of them.
    oldest: Iterable[tuple[int, datetime]] = rows.values_list("pk", "at")[:CHUNK]
    return [pk for pk, at in oldest if at < before]


FORGOTTEN: dict[type[Model], Old] = {
    Job: _jobs,
    OutboxMessage: _messages,
    IdempotencyKey: _keys,
}
