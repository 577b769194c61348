"""The worker's part: whatever takes long goes on in turns of about a second.

Between two turns everybody else's work gets done. What a turn leaves in memory is only kept to
save time: after a crash the next turn begins where the last commit was.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.jobs.backend import JobTask
from kundenkreis.kernel.sides import Side
from kundenkreis.records import acting
from kundenkreis.records.models import Transfer

TURN = 1.0  # seconds
PAUSE = timedelta(milliseconds=20)
TRIES = 5
KEPT = 4  # transfers whose state is held between turns

log = logging.getLogger(__name__)


class Work(Protocol):
    """A piece of long work: `piece` does some and says whether there is more."""

    def piece(self) -> bool: ...

    def close(self) -> None: ...


Begin = Callable[[Side, Transfer, Actor], Work]
BEGIN: dict[tuple[str, str], Begin] = {}
_open: dict[tuple[Side, int], Work] = {}


def begins(direction: Transfer.Direction, *states: Transfer.State) -> Callable[[Begin], Begin]:
    """Say what the work of a transfer in one of these states is."""

    def register(begin: Begin) -> Begin:
        for state in states:
            BEGIN[direction, state] = begin
        return begin

    return register


def enqueue(task: JobTask, side: Side, transfer: Transfer, turn: int = 0) -> None:
    """Let the worker go on with a transfer; jobs of one are done one after the other."""
    name = f"transfer|{side}|{transfer.pk}|{transfer.state}|{turn}"
    after = clock.now() + PAUSE if turn else None
    task.enqueue_once(name, str(side), transfer.pk, turn, after=after)


def go_on(side: Side, pk: int, actor: Actor | None = None, turn: float = TURN) -> bool:
    """Work on a transfer for one turn; whether it needs another one.

    What a rule refuses ends it; whatever else goes wrong is raised, and after some tries ends it.
    """
    transfer = store.stored(side, Transfer).filter(pk=pk).first()
    if transfer is None or not transfer.moving:
        return False
    with as_asked(transfer):
        try:
            if actor is None:
                actor = _actor(transfer)
            return _turn(side, transfer, actor, turn)
        except DomainError as error:
            _drop(side, pk)
            stop(side, transfer, str(error))
            return False
        except Exception:
            _drop(side, pk)
            tries = int(transfer.found.get("tries", 0)) + 1
            if tries >= TRIES:
                log.exception("transfer %s of %s is given up", pk, side)
                stop(side, transfer, _("Something went wrong that nobody expected."))
                return False
            note(side, transfer, found={**transfer.found, "tries": tries})
            raise


def _turn(side: Side, transfer: Transfer, actor: Actor, turn: float) -> bool:
    key, state = (side, transfer.pk), transfer.state
    if key not in _open:
        for old in list(_open)[: max(0, len(_open) - KEPT + 1)]:
            _drop(*old)
        _open[key] = BEGIN[transfer.direction, state](side, transfer, actor)
    end = time.monotonic() + turn
    while _open[key].piece():
        if time.monotonic() > end:
            return True
    _drop(*key)
    transfer.refresh_from_db(fields=["state"])
    return transfer.moving  # what was read is checked next


def note(side: Side, transfer: Transfer, **values: object) -> None:
    """Write down how far a transfer is."""
    values = {**values, "changed_at": clock.now()}
    with store.group(side, "records.transfer"):
        store.replace(store.rows(Transfer).filter(pk=transfer.pk), **values)
    for name, value in values.items():
        setattr(transfer, name, value)


def stop(side: Side, transfer: Transfer, problem: str) -> None:
    """End a transfer that cannot go on, saying why."""
    found = {**transfer.found, "stopped": transfer.state, "tries": 0}
    note(side, transfer, state=Transfer.State.FAILED, problem=problem, found=found)


def _drop(side: Side, pk: int) -> None:
    work = _open.pop((side, pk), None)
    if work is not None:
        work.close()


def _actor(transfer: Transfer) -> Actor:
    via = "import" if transfer.direction == Transfer.Direction.IN else "export"
    if transfer.user_id is None:
        return system(via)
    return acting.viewer(transfer.user_id).through(via)


@contextmanager
def as_asked(transfer: Transfer) -> Iterator[None]:
    """The language and time zone of whoever asked for the transfer."""
    language, zone = transfer.asked.get("language", "de"), transfer.asked.get("zone", "UTC")
    with translation.override(language), timezone.override(zone):
        yield
