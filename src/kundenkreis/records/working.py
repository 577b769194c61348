"""The worker's part: whatever takes long goes on in turns of about a second.

Between two turns everybody else's work gets done. What a turn leaves in memory is only kept to
save time: after a crash the next turn begins where the last commit was.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.jobs.backend import JobTask
from kundenkreis.kernel.sides import Side
from kundenkreis.records import acting
from kundenkreis.records.models import LongWork, Transfer

TURN = 1.0  # seconds
PAUSE = timedelta(milliseconds=20)
TRIES = 5
LOST = timedelta(minutes=5)  # longer than any turn, and than a request rescues itself
MOST_AT_ONCE = 100
KEPT = 4  # pieces of work whose state is held between turns

log = logging.getLogger(__name__)


class Work(Protocol):
    """A piece of long work: `piece` does some and says whether there is more."""

    def piece(self) -> bool: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Pace:
    """How many rows are taken at once: as many as may be done while nobody minds to wait.

    Parameters: how many at first (`size`), at `least` and at `most`; `seconds` of our own work: on a
    machine that is busy with something else, smaller pieces would only make more of it.
    """

    size: int
    least: int
    most: int
    seconds: float

    def __post_init__(self) -> None:
        self.size = min(self.size, self.most)

    def took(self, seconds: float) -> None:
        """How long the last ones took."""
        if seconds < self.seconds / 2:
            self.size = min(self.size * 2, self.most)
        elif seconds > self.seconds:
            self.size = max(self.size // 2, min(self.least, self.most))


Begin = Callable[[Side, Any, Actor], Work]
Model = type[LongWork]
BEGIN: dict[tuple[str, str], Begin] = {}
# With the rights that it was begun with.
_open: dict[tuple[Model, Side, int], tuple[Work, str]] = {}


def begins(sort: str, *states: str) -> Callable[[Begin], Begin]:
    """Say what the work of that sort in one of these states is."""

    def register(begin: Begin) -> Begin:
        for state in states:
            BEGIN[sort, state] = begin
        return begin

    return register


def enqueue(
    task: JobTask, side: Side, work: LongWork, turn: int = 0, *, after: datetime | None = None
) -> None:
    """Let the worker go on with some work; jobs of one are done one after the other."""
    name = f"{work._meta.model_name}|{side}|{work.pk}|{work.state}|{turn}"
    after = clock.now() + PAUSE if turn else after
    task.enqueue_once(name, str(side), work.pk, turn, after=after)


def rescue(task: JobTask, model: Model, sides: Iterable[Side] = Side) -> int:
    """Let the worker go on with what nobody goes on with; how many these were.

    A process may die between the work that it has written down and the job for it.
    """
    found = 0
    for side in sides:
        still = store.stored(side, model).filter(
            state__in=model.MOVING, changed_at__lt=clock.now() - LOST
        )
        for work in still.order_by("pk")[:MOST_AT_ONCE]:
            if not task.waits(f"{work._meta.model_name}|{side}|{work.pk}|"):
                enqueue(task, side, work)
                found += 1
    return found


def next_turn(task: JobTask, model: Model, side: Side, pk: int, turn: int) -> None:
    """One turn of some work; the next one is enqueued while there is more."""
    if go_on(side, pk, model=model):
        enqueue(task, side, store.stored(side, model).get(pk=pk), turn + 1)


def go_on(
    side: Side,
    pk: int,
    actor: Actor | None = None,
    turn: float = TURN,
    *,
    model: Model = Transfer,
) -> bool:
    """Work for one turn; whether it needs another one.

    What a rule refuses ends it; whatever else goes wrong is raised, and after some tries ends it.
    """
    work = store.stored(side, model).filter(pk=pk).first()
    if work is None or not work.moving:
        return False
    with as_asked(work):
        try:
            if actor is None:
                actor = _actor(work)
            return _turn(side, work, actor, turn)
        except DomainError as error:
            _drop(model, side, pk)
            stop(side, work, str(error))
            return False
        except Exception:
            _drop(model, side, pk)
            tries = int(work.found.get("tries", 0)) + 1
            if tries >= TRIES:
                log.exception("%s %s of %s is given up", model.__name__, pk, side)
                stop(side, work, _("Something went wrong that nobody expected."))
                return False
            note(side, work, found={**work.found, "tries": tries})
            raise


def _turn(side: Side, work: LongWork, actor: Actor, turn: float) -> bool:
    key, state = (type(work), side, work.pk), work.state
    rights = actor.rights(side)
    if key in _open and _open[key][1] != rights:
        _drop(*key)  # what was prepared may be more than they may do by now
    if key not in _open:
        for old in list(_open)[: max(0, len(_open) - KEPT + 1)]:
            _drop(*old)
        _open[key] = BEGIN[work.sort, state](side, work, actor), rights
    end = time.monotonic() + turn
    while _open[key][0].piece():
        if work.found.get("tries"):  # what went wrong before is over
            note(side, work, found={**work.found, "tries": 0})
        if time.monotonic() > end:
            return True
    _drop(*key)
    work.refresh_from_db(fields=["state"])
    return work.moving  # what was read is checked next


def note(side: Side, work: LongWork, **values: object) -> None:
    """Write down how far some work is."""
    values = {**values, "changed_at": clock.now()}
    model = type(work)
    with store.group(side, f"records.{model._meta.model_name}"):
        store.replace(store.rows(model).filter(pk=work.pk), **values)
    for name, value in values.items():
        setattr(work, name, value)


def stop(side: Side, work: LongWork, problem: str) -> None:
    """End work that cannot go on, saying why."""
    found = {**work.found, "stopped": work.state, "tries": 0}
    note(side, work, state=work.FAILED, problem=problem, found=found)


def let_go() -> None:
    """Forget what was prepared for work in progress; it is prepared anew with the next turn."""
    for key in list(_open):
        _drop(*key)


def _drop(model: Model, side: Side, pk: int) -> None:
    found = _open.pop((model, side, pk), None)
    if found is not None:
        found[0].close()


def _actor(work: LongWork) -> Actor:
    if work.user_id is None:
        return system(work.via)
    return acting.viewer(work.user_id).through(work.via)


def asked_now() -> dict[str, str]:
    """The language and time zone of whoever asks for work, to be kept with what they ask for."""
    return {
        "language": get_language() or "de",
        "zone": str(timezone.get_current_timezone()),
    }


@contextmanager
def as_asked(work: LongWork) -> Iterator[None]:
    """The language and time zone of whoever asked for the work."""
    language, zone = work.asked.get("language", "de"), work.asked.get("zone", "UTC")
    with translation.override(language), timezone.override(zone):
        yield
