"""The loop of the background roles: quick when somebody writes, at rest when nobody does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from kundenkreis.kernel import changes, store
from kundenkreis.kernel.loop import IDLE, STEPS, Step, run_loop
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.sides import Side

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "engage"])


def write(name: str) -> None:
    with store.group(Side.CRM, "test"):
        store.append(Cursor, [Cursor(name=name)])


def in_a_thread(work: Callable[[], None]) -> None:
    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Step], None]]:
    """Runs the loop with one step until the test ends."""
    stop, threads = threading.Event(), list[threading.Thread]()
    monkeypatch.setattr("kundenkreis.kernel.loop.keep_short", lambda *_: None)

    def start(step: Step) -> None:
        STEPS[:] = [step]

        def run() -> None:
            run_loop(Side.CRM, stop)
            connections.close_all()

        threads.append(threading.Thread(target=run))
        threads[0].start()

    before = list(STEPS)
    yield start
    stop.set()
    threads[0].join()
    STEPS[:] = before


def sqlite() -> bool:
    return connections["default"].vendor == "sqlite"


def test_a_stamp_tells_what_others_and_what_we_wrote() -> None:
    if not sqlite():
        assert changes.stamp() is None
        return
    first = changes.stamp()
    assert changes.stamp() == first
    in_a_thread(lambda: write("theirs"))
    second = changes.stamp()
    assert second != first
    write("ours")
    assert changes.stamp() != second


def test_a_step_rests_while_nobody_writes_and_follows_a_write_at_once(
    only: Callable[[Step], None],
) -> None:
    asked: list[float] = []

    def work() -> int:
        asked.append(time.monotonic())
        return 0

    only(Step("work", Side.CRM, 0.02, work))
    time.sleep(0.4)
    if sqlite():
        assert len(asked) == 1
    before, written = len(asked), time.monotonic()
    in_a_thread(lambda: write("news"))
    while len(asked) == before and time.monotonic() < written + 2 * IDLE:
        time.sleep(0.005)
    assert asked[before] - written < IDLE / 2


def test_a_step_that_waits_for_something_else_asks_as_often_as_it_says(
    only: Callable[[Step], None],
) -> None:
    asked: list[float] = []

    def work() -> int:
        asked.append(time.monotonic())
        return 0

    only(Step("work", Side.CRM, 0.02, work, lambda: True))
    time.sleep(0.4)
    assert len(asked) > 4
