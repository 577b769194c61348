"""Asking for a comparison, keeping what it finds, and deciding about a pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.doubles import queries
from kundenkreis.crm.people.models import DuplicatePair, DuplicateRun, Organisation, Person
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named

State = DuplicatePair.State
_COLUMNS = ("kind", "left", "right", "score", "decision", "reasons", "run", "found_at")
_STALE = 500


@command
def ask_for_run(*, actor: Actor) -> DuplicateRun:
    """Have the whole base compared; one that waits or is under way already is the answer."""
    actor.require("crm.person.change")
    rows = store.rows(DuplicateRun)
    moving = rows.filter(state__in=(DuplicateRun.State.WAITING, DuplicateRun.State.RUNNING)).first()
    if moving is not None:
        return moving
    last = rows.order_by("-id").first()
    if last is not None:  # its result stays to be read meanwhile
        store.discard(rows.exclude(pk=last.pk))
    run = DuplicateRun(asked_at=clock.now(), asked_by=actor.user_id)
    return store.append(DuplicateRun, [run])[0]


@command
def next_run(*, actor: Actor, left: bool = False) -> DuplicateRun | None:
    """Take the run that waits; with `left` also one that nobody goes on with."""
    actor.require("crm.duplicate.compare")
    run = queries.waiting(store.rows(DuplicateRun), left=left).select_for_update().first()
    if run is not None:
        here = store.rows(DuplicateRun).filter(pk=run.pk)
        store.replace(here, state=DuplicateRun.State.RUNNING)
    return run


@command
def end_run(
    *, actor: Actor, run_id: int, problem: str, rows: int, compared: int, found: int
) -> None:
    """Note how a run ended."""
    actor.require("crm.duplicate.compare")
    state = DuplicateRun.State.FAILED if problem else DuplicateRun.State.DONE
    store.replace(
        store.rows(DuplicateRun).filter(pk=run_id), state=state, ended_at=clock.now(),
        problem=problem[:300], rows=rows, compared=compared, found=found,
    )  # fmt: skip


@command
def keep_pairs(*, actor: Actor, kind: str, run_id: int, pairs: Sequence[Sequence[Any]]) -> int:
    """Keep some pairs of a run; how many. What was decided of one stays decided, and of records
    that are gone meanwhile nothing is kept."""
    actor.require("crm.duplicate.compare")
    model: type[Any] = Person if kind == "person" else Organisation
    pks = {pk for pair in pairs for pk in pair[:2]}
    there = set(store.rows(model).filter(pk__among=pks).values_list("pk", flat=True))
    now = clock.now()
    rows = [
        (kind, min(one, other), max(one, other), score, decision, reasons, run_id, now)
        for one, other, score, decision, reasons in pairs
        if {one, other} <= there
    ]
    bulk.upsert(DuplicatePair, _COLUMNS, rows, key=("kind", "left", "right"))
    return len(rows)


@command
def drop_stale(*, actor: Actor, kind: str, run_id: int) -> int:
    """Drop some open pairs that a run has not found again; how many."""
    actor.require("crm.duplicate.compare")
    stale = store.rows(DuplicatePair).filter(kind=kind, state=State.OPEN).exclude(run=run_id)
    pks = list(stale.values_list("pk", flat=True)[:_STALE])
    return store.discard(store.rows(DuplicatePair).filter(pk__in=pks)) if pks else 0


@command
def set_apart(*, actor: Actor, pair_id: int) -> DuplicatePair:
    """Say that the two are not the same; no later run asks again. Raises `NotFound`, `NotAllowed`."""
    return _decide(actor, pair_id, State.OPEN, State.DIFFERENT)


@command
def ask_again(*, actor: Actor, pair_id: int) -> DuplicatePair:
    """Take that back: the pair is open again."""
    return _decide(actor, pair_id, State.DIFFERENT, State.OPEN)


def _decide(actor: Actor, pair_id: int, before: str, after: str) -> DuplicatePair:
    seen = queries.pair(actor, pair_id)
    kind = named(seen.kind)
    for record in (seen.left, seen.right):
        actor.require_for(kind.right("change"), record)
    row = store.lock(DuplicatePair, pair_id)
    if row.state == State.MERGED:
        raise DomainError(_("The two have become one meanwhile."))
    if row.state == before:
        when = clock.now() if after != State.OPEN else None
        store.change(
            actor, row, state=after, decided_at=when,
            decided_by=actor.user_id if when else None,
        )  # fmt: skip
    return row
