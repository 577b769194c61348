"""A process that raises workers: Django is loaded once, every worker is a fork that then runs the
real loop of the role `worker`.

Each line on standard input starts one worker; the answers are its process id, and `dead` when it
has ended. One shared byte says where the worker is at the moment, so that the test can kill it in
the interesting places; watching changes nothing of what the worker does.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

OUTSIDE, INSIDE, DONE = 0, 1, 2  # outside a slice, inside it, its effects done but not committed


def main(byte_file: str, apart: bool) -> None:
    django.setup()
    from kundenkreis.config import roles
    from kundenkreis.link import routes
    from kundenkreis.link.tests import notes

    routes.ROUTES[notes.NAME] = notes.write_notes
    with Path(byte_file).open("r+b") as file:
        place = mmap.mmap(file.fileno(), 1)
    if apart:
        _acknowledge_apart(place)
    _watch(place)
    _warm_up()
    for _ in sys.stdin:
        worker = os.fork()
        if worker == 0:
            sys.stdin.close()
            os._exit(roles.worker(0))
        _say(str(worker))
        os.waitpid(worker, 0)
        _say("dead")


def _say(answer: str) -> None:
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


def _warm_up() -> None:
    """Load what the first round would load; the workers open their own connections."""
    from django.db import connections

    from kundenkreis.kernel.loop import STEPS
    from kundenkreis.kernel.sides import Side

    for step in STEPS:
        if step.side is Side.CRM:
            step.work()
    connections.close_all()


def _watch(place: mmap.mmap) -> None:
    from kundenkreis.link import applying, jobs

    def after(function: Callable[..., Any], value: int) -> Callable[..., Any]:
        def watched(*args: Any) -> Any:
            result = function(*args)
            place[0] = value
            return result

        return watched

    jobs.apply_due = after(applying.apply_due, OUTSIDE)
    applying.hold = after(applying.hold, INSIDE)
    applying._write_down = after(applying._write_down, DONE)


def _acknowledge_apart(place: mmap.mmap) -> None:
    """The control: effects are committed first, their acknowledgement in a second transaction."""
    from kundenkreis.kernel import store
    from kundenkreis.kernel.sides import Side
    from kundenkreis.link import applying
    from kundenkreis.link.models import InboxMessage

    def apply_due(target: Side) -> int:
        outcome = applying._Outcome()
        with store.group(target, "link.apply"):
            applying.hold(target)
            messages = list(applying.due(target, store.rows(InboxMessage))[:20])
            for name, group in applying.grouped(messages):
                applying._apply(target, name, group, outcome)
        place[0] = DONE
        with store.group(target, "link.apply"):
            applying._write_down(outcome)
        return len(messages)

    applying.apply_due = apply_due


if __name__ == "__main__":
    main(sys.argv[1], "--apart" in sys.argv)
