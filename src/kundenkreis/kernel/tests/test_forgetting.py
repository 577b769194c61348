"""What the privacy map promises about the kernel's own tables, the hourly jobs keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from kundenkreis.kernel import events, forgetting, idempotency, log, relay, store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.jobs import runner, schedule
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.models import IdempotencyKey, Job, OutboxMessage
from kundenkreis.kernel.privacy import PRIVACY, Use, promised_days
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, CRM

pytestmark = pytest.mark.django_db(databases=CRM, transaction=True)

PROMISED = promised_days(PRIVACY)


@job(Side.CRM)
def work(text: str = "") -> None:
    if text == "bad":
        raise ValueError("broken on purpose")


@dataclass(frozen=True)
class Knocked:
    """Somebody knocked, and the other side should know."""

    CROSSES: ClassVar[bool] = True
    door: str


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def enqueue(text: str, **options: object) -> None:
    with store.group(Side.CRM, "test"):
        work.using(**options).enqueue(text)  # type: ignore[arg-type]


def knock(*doors: str) -> None:
    with store.group(Side.CRM, "test"):
        events.publish_all(Knocked(door) for door in doors)


def crossed() -> None:
    """What the link says when the other side has everything."""
    last = OutboxMessage.objects.using("default").order_by("-tx", "-id")[0]
    with store.group(Side.CRM, "test"):
        log.move(forgetting.CROSSED, log.Position(last.tx, last.pk), Side.CRM)


def ended_job() -> None:
    enqueue("good")
    runner.run_due(Side.CRM)


def delivered_message() -> None:
    knock("front")
    relay.relay(Side.CRM)
    crossed()


def answered_request() -> None:
    with store.group(Side.CRM, "test"):
        idempotency.once("shop", "key", {}, dict)


@pytest.mark.parametrize(
    ("model", "make"),
    [(Job, ended_job), (OutboxMessage, delivered_message), (IdempotencyKey, answered_request)],
)
def test_a_row_stays_as_long_as_promised_and_no_longer(
    model: type[Job | OutboxMessage | IdempotencyKey],
    make: Callable[[], None],
    clock: FrozenClock,
) -> None:
    make()
    clock.instant += PROMISED[model.__name__]
    assert forgetting.forget(Side.CRM) == 0
    clock.advance(seconds=1)
    assert forgetting.forget(Side.CRM) == 1
    assert not model.objects.using("default").exists()


def test_every_promise_of_days_has_its_row_in_the_job() -> None:
    assert {model.__name__ for model in forgetting.FORGOTTEN} == set(PROMISED)


def test_a_model_promises_one_number_of_days() -> None:
    week, month = Use("x", "none", "7d"), Use("x", "none", "30d")
    assert promised_days({"A": {"a": week, "b": Use("x", "none")}}) == {"A": timedelta(days=7)}
    with pytest.raises(ValueError, match="A promises 30d and 7d"):
        promised_days({"A": {"a": week, "b": month}})


def test_jobs_that_failed_are_forgotten_and_waiting_ones_are_not(clock: FrozenClock) -> None:
    enqueue("bad")
    enqueue("later", run_after=clock.instant + timedelta(days=90))
    for _ in range(runner.ATTEMPTS):
        runner.run_due(Side.CRM)
        clock.advance(minutes=5)
    clock.advance(days=8)
    forgetting.forget(Side.CRM)
    assert [left.args for left in Job.objects.using("default")] == [["later"]]


@pytest.mark.parametrize("reader", ["relay", "link"])
def test_a_message_stays_until_every_reader_has_passed_it(reader: str, clock: FrozenClock) -> None:
    knock("front")
    relay.relay(Side.CRM) if reader == "link" else crossed()
    clock.advance(days=365)
    assert forgetting.forget(Side.CRM) == 0
    relay.relay(Side.CRM) if reader == "relay" else crossed()
    assert forgetting.forget(Side.CRM) == 1


def test_many_rows_go_in_many_small_rounds(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "CHUNK", 2)
    knock(*"abcde")
    relay.relay(Side.CRM)
    crossed()
    clock.advance(days=31)
    knock("new")
    relay.relay(Side.CRM)
    crossed()
    assert forgetting.forget(Side.CRM) == 5
    assert OutboxMessage.objects.using("default").get().payload == {"door": "new"}


def test_a_rare_schedule_keeps_the_job_it_counts_from(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = {work.module_path: (work, timedelta(days=30))}
    monkeypatch.setattr(schedule, "SCHEDULES", rare)
    monkeypatch.setattr(forgetting, "SCHEDULES", rare)
    schedule.enqueue_due(Side.CRM)
    runner.run_due(Side.CRM)
    clock.advance(days=8)
    assert forgetting.forget(Side.CRM) == 0
    schedule.enqueue_due(Side.CRM)
    assert runner.run_due(Side.CRM) == 0


@pytest.mark.django_db(databases=BOTH, transaction=True)
@pytest.mark.parametrize("side", list(Side))
def test_each_side_forgets_by_itself_every_hour(side: Side, clock: FrozenClock) -> None:
    with store.group(side, "test"):
        idempotency.once("shop", "key", {}, dict)
    clock.advance(days=8)
    schedule.enqueue_due(side)
    runner.run_due(side)
    assert not IdempotencyKey.objects.using(side.alias).exists()
