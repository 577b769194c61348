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

from kundenkreis.kernel.checkpoints import keep_short
from kundenkreis.kernel.sides import Side

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Step:
    """A piece of recurring work of one side; `every` is the pause in seconds when idle."""

    name: str
    side: Side
    every: float
    work: Callable[[], int]
    due: float = field(default=0.0)


STEPS: list[Step] = []


def step(side: Side, *, every: float) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register recurring work; it runs again at once as long as it reports work done."""

    def register(work: Callable[[], int]) -> Callable[[], int]:
        name = f"{work.__module__}.{work.__qualname__}"
        if all(known.name != name for known in STEPS):
            STEPS.append(Step(name, side, every, work))
        return work

    return register


def run_loop(side: Side, stop: threading.Event) -> None:
    """Run the side's steps until told to stop. An error is logged and the step tried again later."""
    steps = [known for known in STEPS if known.side is side]
    keep_short(side, stop)
    while not stop.is_set():
        for one in steps:
            if stop.is_set() or one.due > time.monotonic():
                continue
            try:
                done = one.work()
                one.due = 0.0 if done else time.monotonic() + one.every
            except Exception:
                log.exception("step %s failed", one.name)
                close_old_connections()
                one.due = time.monotonic() + max(one.every, 1.0)
        pause = min((one.due for one in steps), default=time.monotonic() + 1) - time.monotonic()
        if pause > 0:
            stop.wait(min(pause, 1.0))
