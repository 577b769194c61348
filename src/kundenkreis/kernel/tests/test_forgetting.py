"""What the privacy map promises about the kernel's own tables, the loop keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.kernel import events, forgetting, idempotency, log, relay, store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.jobs import runner, schedule
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.loop import STEPS
from kundenkreis.kernel.models import IdempotencyKey, Job, OutboxMessage
from kundenkreis.kernel.privacy import PRIVACY, Period, Use, promises
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, CRM

pytestmark = pytest.mark.django_db(databases=CRM, transaction=True)


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
    clock.advance(days=promises(PRIVACY)[model.__name__].keep.count)
    assert forgetting.forget(Side.CRM) == 0
    clock.advance(seconds=1)
    assert forgetting.forget(Side.CRM) == 1
    assert not model.objects.using("default").exists()


def test_a_model_promises_one_time() -> None:
    week, month = (Use("x", "none", keep, since="at") for keep in ("7d", "1m"))
    assert list(promises({"A": {"a": week, "b": Use("x", "none")}})) == ["A"]
    with pytest.raises(ValueError, match="A promises 1m since at and 7d since at"):
        promises({"A": {"a": week, "b": month}})


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("7d", "2028-02-22"),
        ("1m", "2028-01-29"),
        ("12m", "2027-02-28"),
        ("25m", "2026-01-29"),
        ("4y", "2024-02-29"),
        ("10y", "2018-02-28"),
    ],
)
def test_months_and_years_are_those_of_the_calendar(period: str, before: str) -> None:
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert f"{Period.of(period).before(leap_day):%Y-%m-%d %H}" == f"{before} 12"


@given(st.integers(0, 4_000_000_000), st.integers(1, 300))
def test_nothing_is_ever_kept_shorter_than_so_many_months(seconds: int, months: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    before = Period(months, "m").before(now)
    passed = (now.year - before.year) * 12 + now.month - before.month
    assert passed == months
    assert before.day == now.day or (before + timedelta(days=1)).day == 1
    assert before <= Period(months, "m").before(now + timedelta(hours=1))


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
    monkeypatch.setitem(
        forgetting.RULES, OutboxMessage, replace(forgetting.RULES[OutboxMessage], piece=2)
    )
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
def test_each_side_forgets_by_itself_a_piece_at_a_time(
    side: Side, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(days=60)
    forgetting.forget(side)
    with store.group(side, "test"):
        for number in range(3):
            idempotency.once("shop", f"key {number}", {}, dict)
    clock.advance(days=8)
    monkeypatch.setitem(forgetting.RULES, IdempotencyKey, forgetting.Rule(piece=2))
    work = next(step.work for step in STEPS if step.name == f"kernel.forget.{side}")
    assert [work() for _ in range(3)] == [2, 1, 0]
    assert not IdempotencyKey.objects.using(side.alias).exists()
