"""Forgetting: a row is deleted when the time promised for it is over.

How long, and from when on, is said in each context's `privacy` and nowhere else; a promise is kept
as soon as it is made there. A context adds a rule where rows go only under a condition, or where
more has to happen than their deletion:

    forgetting.rule(Profile, due=queries.forgettable, forget=_forget, piece=50)

One step per side deletes one piece in one short transaction, and comes again as long as there is
more, so that nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Min, Model, QuerySet

from kundenkreis.kernel import clock, log
from kundenkreis.kernel.jobs.schedule import SCHEDULES
from kundenkreis.kernel.models import Job, OutboxMessage
from kundenkreis.kernel.privacy import Promise, promises
from kundenkreis.kernel.relay import READER
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.kernel.transactions import unit_of_work

# The cursor by which the link tells a side how far the other one has taken what crosses.
CROSSED = "crossed"
CHUNK = 1_000

Due = Callable[[Side, datetime], QuerySet[Any]]
Forget = Callable[[Side, list[int]], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows of a model may go: `due(side, before)`, without a join, the oldest first.

    `forget` gets the ids of some that are still due and locked; `piece` is how many at a time.
    """

    due: Due | None = None
    forget: Forget | None = None
    piece: int = CHUNK


RULES: dict[type[Model], Rule] = {}


def rule(
    model: type[Model], *, due: Due | None = None, forget: Forget | None = None, piece: int = CHUNK
) -> None:
    """Say what is special about forgetting rows of a model; its time is said in `privacy`."""
    RULES[model] = Rule(due, forget, piece)


@cache
def promised(side: Side) -> Mapping[type[Model], Promise]:
    """What is kept for a time on this side, and how long."""
    found: dict[type[Model], Promise] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("kundenkreis.") or not config.models:
            continue
        if side_of_label(config.label) in (None, side):
            made = promises(import_module(f"{config.name}.privacy").PRIVACY)
            models = {model.__name__: model for model in config.get_models()}
            found |= {models[name]: promise for name, promise in made.items()}
    return found


def forget_some(side: Side) -> int:
    """Delete the next piece of what is over; returns how many rows, 0 when nothing is."""
    return next((gone for model in promised(side) if (gone := forget_rows(side, model))), 0)


def forget(side: Side) -> int:
    """Delete everything that is over, piece by piece; returns how many rows."""
    total = 0
    while gone := forget_some(side):
        total += gone
    return total


def forget_rows(side: Side, model: type[Model]) -> int:
    """Delete a piece of one model's rows that are over; returns how many."""
    found = RULES.get(model, Rule())
    promise = promised(side)[model]
    before = promise.keep.before(clock.now())

    def due() -> QuerySet[Any]:
        rows = model._default_manager.using(side.alias)
        return found.due(side, before) if found.due else oldest(rows, promise.since, before)

    # They are looked for outside of the transaction, and then once more among themselves: somebody
    # may have changed one of them meanwhile.
    ids = list(due().values_list("pk", flat=True)[: found.piece])
    if not ids:
        return 0
    with unit_of_work(side, "kernel.forget") as unit:
        still = due().filter(pk__in=ids).order_by("pk").select_for_update()
        ids = list(still.values_list("pk", flat=True))
        if ids and found.forget is not None:
            found.forget(side, ids)
        elif ids:
            model._default_manager.using(side.alias).filter(pk__in=ids).delete()
        for pk in ids:
            unit.touch(model, pk)
    return len(ids)


@dataclass(frozen=True, slots=True)
class Over:
    """Rows of one model whose time is over: how many, and since when the oldest is."""

    model: type[Model]
    promise: Promise
    count: int
    oldest: datetime | None


def preview(side: Side, at: datetime | None = None) -> list[Over]:
    """What would be forgotten now, or at an instant to come, by each promise; nothing is changed."""
    token = _whole.set(True)
    try:
        return [_over(side, model, at or clock.now()) for model in promised(side)]
    finally:
        _whole.reset(token)


def _over(side: Side, model: type[Model], at: datetime) -> Over:
    found, promise = RULES.get(model, Rule()), promised(side)[model]
    before = promise.keep.before(at)
    rows = model._default_manager.using(side.alias)
    due = found.due(side, before) if found.due else oldest(rows, promise.since, before)
    first = due.order_by().aggregate(count=Count("pk"), oldest=Min(promise.since))
    return Over(model, promise, first["count"], first["oldest"])


def looks_at_all() -> bool:
    """Whether everything that is over is wanted, and not only the next piece."""
    return _whole.get()


_whole: ContextVar[bool] = ContextVar("whole", default=False)


def oldest(rows: QuerySet[Any], since: str, before: datetime) -> QuerySet[Any]:
    """Of these rows the oldest ones that are over.

    Without an index on their time only those with the lowest ids are looked at: rows grow old in
    that order, and a search for more would read all of a log.
    """
    if looks_at_all() or _indexed(rows.model, since):
        return rows.filter(**{f"{since}__lt": before}).order_by(since, "pk")
    head = rows.order_by("pk").values_list("pk", since)[:CHUNK]
    return rows.filter(pk__in=[pk for pk, at in head if at < before])


def _indexed(model: type[Model], name: str) -> bool:
    first = (index.fields[0] for index in model._meta.indexes if index.fields)
    return name in first or any(
        field.name == name and getattr(field, "db_index", False)
        for field in model._meta.concrete_fields
    )


def _jobs(side: Side, before: datetime) -> QuerySet[Job]:
    """Jobs that ended, well or not; but a rare schedule counts from its last one."""
    week = clock.now() - before
    rare = [name for name, (_, interval) in SCHEDULES.items() if interval >= week]
    jobs = Job.objects.using(side.alias)
    last = jobs.filter(task__in=rare).order_by().values("task").annotate(last=Max("pk"))
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.DEAD])
    return oldest(ended.exclude(pk__in=last.values("last")), "finished_at", before)


def _messages(side: Side, before: datetime) -> QuerySet[OutboxMessage]:
    """Messages that were handled here and received on the other side."""
    passed = min(log.position(READER, side), log.position(CROSSED, side))
    return oldest(log.rows_until(OutboxMessage, passed, side), "at", before)


rule(Job, due=_jobs)
rule(OutboxMessage, due=_messages)
