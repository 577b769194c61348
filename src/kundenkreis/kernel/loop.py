"""The loop of the background roles: rounds of small steps, quick when there is work.

@step(Side.ENGAGE, every=0.1)
def consume_events() -> int: ...      # returns how much it did
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import close_old_connections

from kundenkreis.kernel import changes
from kundenkreis.kernel.checkpoints import keep_short
from kundenkreis.kernel.sides import Side

log = logging.getLogger(__name__)


IDLE = 1.0  # seconds a step rests at most while nobody writes anything


def never() -> bool:
    return False


@dataclass(slots=True)
class Step:
    """A piece of recurring work of one side; `every` is the pause in seconds when idle.

    While nothing was written since it last found nothing to do, it rests for `IDLE` seconds: what
    then comes due does so by the clock alone. `waits` tells that it waits for something else, such
    as a thread of its own.
    """

    name: str
    side: Side
    every: float
    work: Callable[[], int]
    waits: Callable[[], bool] = never
    soon: float = field(default=0.0)
    due: float = field(default=0.0)
    seen: changes.Stamp = field(default=None)

    def turn(self, stamp: changes.Stamp) -> bool:
        """Whether to run now, the databases being as the stamp says."""
        now = time.monotonic()
        return now >= self.due or (now >= self.soon and stamp != self.seen)

    def pause(self) -> float:
        """Seconds until it is worth looking again."""
        now = time.monotonic()
        return min(self.due, max(self.soon, now + min(self.every, IDLE))) - now

    def rest(self, stamp: changes.Stamp, pause: float) -> None:
        """Nothing to do, or not now; the stamp is from before the step looked."""
        self.seen = stamp
        self.soon = time.monotonic() + pause
        follows = stamp is not None and not self.waits()
        self.due = time.monotonic() + (max(pause, IDLE) if follows else pause)


STEPS: list[Step] = []


def step(
    side: Side, *, every: float, waits: Callable[[], bool] = never
) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register recurring work; it runs again at once as long as it reports work done."""

    def register(work: Callable[[], int]) -> Callable[[], int]:
        name = f"{work.__module__}.{work.__qualname__}"
        if all(known.name != name for known in STEPS):
            STEPS.append(Step(name, side, every, work, waits))
        return work

    return register


def _stamp() -> changes.Stamp:
    """Where no database can be asked, the steps find out for themselves."""
    try:
        return changes.stamp()
    except Exception:
        log.exception("nobody knows whether anything was written")
        close_old_connections()
        return None


def run_loop(side: Side, stop: threading.Event) -> None:
    """Run the side's steps until told to stop. An error is logged and the step tried again later."""
    steps = [known for known in STEPS if known.side is side]
    keep_short(side, stop)
    while not stop.is_set():
        stamp = _stamp()
        for one in steps:
            if stop.is_set() or not one.turn(stamp):
                continue
            try:
                if not one.work():
                    one.rest(stamp, one.every)
            except Exception:
                log.exception("step %s failed", one.name)
                close_old_connections()
                one.rest(None, max(one.every, 1.0))
        pause = min((one.pause() for one in steps), default=1.0)
        if pause > 0:
            stop.wait(pause)
