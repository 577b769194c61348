"""Jobs whose process dies, whose lease cannot be renewed, and what staff do about dead ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from kundenkreis.kernel import store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.jobs import runner, schedule
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.commands import retry_job
from kundenkreis.kernel.jobs.unattended import Unattended
from kundenkreis.kernel.models import AuditChange, AuditEntry, Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM

pytestmark = pytest.mark.django_db(databases=CRM, transaction=True)


@job(Side.CRM)
def work(text: str) -> None:
    """What this does is not looked at here."""


END = threading.Event()
RAN: list[str] = []


@job(Side.CRM)
def asked_for(text: str) -> None:
    """What somebody waits for."""
    RAN.append(text)


@job(Side.CRM)
def by_the_clock() -> None:
    """What takes as long as the test says."""
    END.wait(20)
    RAN.append("by the clock")


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def enqueue(text: str, **options: Any) -> Job:
    with store.group(Side.CRM, "test"):
        work.using(**options).enqueue(text)
    return Job.objects.using("default").latest("id")


def dead(text: str, **options: Any) -> Job:
    made = enqueue(text, **options)
    Job.objects.using("default").filter(pk=made.pk).update(
        state=Job.State.DEAD, attempts=runner.ATTEMPTS, error="broken"
    )
    return made


def test_a_job_that_kills_its_process_is_given_up_with_its_reason(clock: FrozenClock) -> None:
    enqueue("deadly", lane="x")
    enqueue("behind", lane="x")
    for _ in range(runner.ATTEMPTS):
        claimed = runner.claim(Side.CRM)
        assert claimed is not None
        assert claimed.args == ["deadly"]
        clock.advance(minutes=2)
    claimed = runner.claim(Side.CRM)
    assert claimed is not None
    assert claimed.args == ["behind"]
    gone = Job.objects.using("default").get(args=["deadly"])
    assert (gone.state, gone.finished_at, gone.lease_until) == ("dead", clock.instant, None)
    assert "ended before it was done, 5 times" in gone.error


def test_a_lease_that_could_not_be_renewed_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue("long")
    claimed = runner.claim(Side.CRM)
    assert claimed is not None
    before = Job.objects.using("default").get().lease_until
    real, errors = runner._jobs, [DatabaseError("the server restarts")]

    def flaky(side: Side) -> Any:
        if errors:
            raise errors.pop()
        return real(side)

    monkeypatch.setattr(runner, "RENEWED", 0.01)
    monkeypatch.setattr(runner, "_jobs", flaky)
    until = time.monotonic() + 10
    with runner._kept(claimed, Side.CRM):
        while Job.objects.using("default").get().lease_until == before:
            assert time.monotonic() < until, "nobody renewed the lease"
            time.sleep(0.01)
    assert "was not renewed" in caplog.text


def test_a_dead_job_that_is_tried_again_says_who_wanted_it(clock: FrozenClock) -> None:
    made = dead("one")
    clock.advance(hours=1)
    retry_job(actor=ANNA, side=Side.CRM, job_id=made.pk)
    made.refresh_from_db(using="default")
    assert (made.state, made.attempts, made.due_at) == ("ready", 0, clock.instant)
    entry = AuditEntry.objects.using("default").get()
    assert (entry.actor, entry.command) == ("user:1", "kernel.retry_job")
    assert AuditChange.objects.using("default").get().fields["state"] == ["dead", "ready"]


def test_it_refuses_a_dead_job_whose_successor_waits(clock: FrozenClock) -> None:
    made = dead("one", unique="k")
    enqueue("two", unique="k")
    with pytest.raises(DomainError, match="Another job"):
        retry_job(actor=ANNA, side=Side.CRM, job_id=made.pk)
    assert not AuditEntry.objects.using("default").exists()


def test_it_refuses_what_did_not_fail_does_not_exist_or_is_not_allowed(clock: FrozenClock) -> None:
    made = enqueue("one")
    with pytest.raises(DomainError, match="being tried again"):
        retry_job(actor=ANNA, side=Side.CRM, job_id=made.pk)
    with pytest.raises(NotFound):
        retry_job(actor=ANNA, side=Side.CRM, job_id=made.pk + 1)
    with pytest.raises(NotAllowed):
        retry_job(actor=CARLA, side=Side.CRM, job_id=made.pk)


def test_whoever_waits_for_a_job_does_not_wait_for_what_the_clock_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end_of_a_long_job(monkeypatch)
    beside = Unattended(Side.CRM)
    beside.step()
    wait_until(lambda: running() == ["by_the_clock"])
    with store.group(Side.CRM, "test"):
        asked_for.enqueue("import")
    assert runner.run_due(Side.CRM, attended=True) == 1
    assert RAN == ["import"]
    assert beside.busy()
    END.set()
    wait_until(lambda: not beside.busy())
    assert RAN == ["import", "by the clock"]
    assert set(Job.objects.using("default").values_list("state", flat=True)) == {"done"}


def test_control_one_queue_for_all_would_let_it_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    end_of_a_long_job(monkeypatch)
    END.set()
    assert runner.run_due(Side.CRM, limit=1) == 1  # as a loop that takes whatever is due
    assert RAN == ["by the clock"]


def test_a_thread_is_begun_only_for_something_to_do() -> None:
    beside = Unattended(Side.CRM)
    with store.group(Side.CRM, "test"):
        asked_for.enqueue("import")
    beside.step()
    assert not beside.busy()
    assert Job.objects.using("default").get().state == "ready"


def end_of_a_long_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedule asks for one that ends when `END` is set."""
    END.clear()
    RAN.clear()
    path = by_the_clock.module_path
    monkeypatch.setattr(schedule, "SCHEDULES", {path: (by_the_clock, timedelta(days=1))})
    assert schedule.enqueue_due(Side.CRM) == 1


def running() -> list[str]:
    found = Job.objects.using("default").filter(state="running")
    return [name.rpartition(".")[2] for name in found.values_list("task", flat=True)]


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
