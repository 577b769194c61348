"""F13, F16, F17: several workers at once, work that never succeeds, and a worker that sleeps through
its lease. Workers are forks of the test; what they ran stands in a file, a line for each time."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.jobs import runner, schedule
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import CRM

pytestmark = [
    pytest.mark.django_db(databases=CRM, transaction=True),
    pytest.mark.fault,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

WORKERS, JOBS = 4, 40
State = Job.State


@job(Side.CRM)
def noted(file: str, text: str) -> None:
    """Leaves a line."""
    with Path(file).open("a") as lines:
        lines.write(f"{text}\n")


@job(Side.CRM)
def by_the_clock() -> None:
    """Leaves a line once a day."""
    noted.func(os.environ["NOTED_IN"], "by the clock")


@job(Side.CRM)
def poison(file: str) -> None:
    """Leaves a line and never succeeds."""
    noted.func(file, "poison")
    raise ValueError("no such thing as a good one")


@job(Side.CRM)
def sleepy(file: str, test: int) -> None:
    """In a worker it waits to be put to sleep, and fails when it wakes up; in the test it does not."""
    if os.getpid() != test:
        noted.func(file, "asleep")
        end = time.monotonic() + 20
        while not Path(f"{file}.awake").exists() and time.monotonic() < end:
            time.sleep(0.01)
        raise ValueError("woken up")
    noted.func(file, "done")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "lines")


def lines(file: str) -> Counter[str]:
    path = Path(file)
    return Counter(path.read_text().split("\n")[:-1]) if path.exists() else Counter()


def enqueue(task: Any, *args: Any) -> None:
    with store.group(Side.CRM, "test"):
        task.enqueue(*args)


def forked(work: Callable[[], object]) -> int:
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            connections.close_all()
            os._exit(0)
    return child


def of_today() -> Any:
    """All jobs but tomorrow's, which a schedule adds as soon as today's is done."""
    return Job.objects.using("default").filter(due_at__lte=clock.now())


def finished() -> bool:
    return not of_today().filter(state__in=runner.UNFINISHED).exists()


def all_at_once(work: Callable[[], object]) -> None:
    for child in [forked(work) for _ in range(WORKERS)]:
        _pid, status = os.waitpid(child, 0)
        assert status == 0


def until_nothing_is_left() -> None:
    end = time.monotonic() + 20
    while not finished() and time.monotonic() < end:
        schedule.enqueue_due(Side.CRM)
        runner.run_due(Side.CRM)


def test_f13_several_workers_and_schedulers_do_each_job_once(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOTED_IN", file)
    again = {by_the_clock.module_path: (by_the_clock, timedelta(days=1))}
    monkeypatch.setattr(schedule, "SCHEDULES", again)
    for number in range(JOBS):
        enqueue(noted, file, f"job {number}")
    all_at_once(until_nothing_is_left)
    until_nothing_is_left()
    found = lines(file)
    with capsys.disabled():
        print(f"\nF13: {len(found)} jobs, {found.total()} runs by {WORKERS} workers")  # noqa: T201
    assert set(found.values()) == {1}
    assert len(found) == JOBS + 1
    assert set(of_today().values_list("state", flat=True)) == {State.DONE}


def test_f13_control_workers_who_only_look_do_some_twice(file: str) -> None:
    for number in range(JOBS):
        enqueue(noted, file, f"job {number}")

    def carelessly() -> None:
        for one in list(runner.due(Side.CRM)):
            runner.run(one, Side.CRM)

    all_at_once(carelessly)
    assert max(lines(file).values()) > 1


def test_f16_what_never_succeeds_is_given_up_with_its_reason_and_delays_nobody(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with clock.freeze("2026-11-28T12:00:00Z") as now:
        enqueue(poison, file)
        for number in range(20):
            enqueue(noted, file, f"neighbour {number}")
        began = time.monotonic()
        runner.run_due(Side.CRM)
        took = time.monotonic() - began
        neighbours = lines(file)
        for _ in range(20):
            now.advance(minutes=5)
            runner.run_due(Side.CRM)
    tried, dead = lines(file)["poison"], Job.objects.using("default").get(state=State.DEAD)
    with capsys.disabled():
        print(f"\nF16: {tried} tries; 20 neighbours done after {took:.2f} s")  # noqa: T201
    assert len(neighbours) == 21
    assert tried == runner.ATTEMPTS <= 5
    assert "no such thing as a good one" in dead.error
    assert dead.finished_at is not None


def test_f16_control_without_a_limit_it_comes_for_ever(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "ATTEMPTS", 10_000)
    with clock.freeze("2026-11-28T12:00:00Z") as now:
        enqueue(poison, file)
        for _ in range(8):
            runner.run_due(Side.CRM)
            now.advance(hours=1)
    assert lines(file)["poison"] > 5


def overtaken(file: str) -> Job:
    """A worker is stopped in the middle of a job, another takes it over, and the first wakes up."""
    enqueue(sleepy, file, os.getpid())
    worker = forked(lambda: runner.run_due(Side.CRM, limit=1))
    try:
        end = time.monotonic() + 20
        while not lines(file)["asleep"]:
            assert time.monotonic() < end
            time.sleep(0.01)
        os.kill(worker, signal.SIGSTOP)
        assert runner.claim(Side.CRM) is None  # not before the lease is over
        assert timedelta(seconds=60) >= runner.LEASE
        with clock.freeze(clock.now() + runner.LEASE + timedelta(seconds=1)):
            assert runner.run_due(Side.CRM, limit=1) == 1
        Path(f"{file}.awake").touch()
        os.kill(worker, signal.SIGCONT)
        os.waitpid(worker, 0)
    except BaseException:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        raise
    return Job.objects.using("default").get()


def test_f17_a_worker_that_slept_through_its_lease_writes_nothing_over_its_successor(
    file: str,
) -> None:
    one = overtaken(file)
    assert lines(file) == {"asleep": 1, "done": 1}
    assert (one.state, one.fence, one.attempts, one.error) == (State.DONE, 2, 2, "")


def test_f17_control_without_the_fence_it_would(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def finish(job: Job, side: Side, **values: object) -> None:
        Job.objects.using(side.alias).filter(pk=job.pk).update(**values)

    monkeypatch.setattr(runner, "_finish", finish)
    one = overtaken(file)
    assert (one.state, one.error) == (State.READY, "ValueError: woken up")
