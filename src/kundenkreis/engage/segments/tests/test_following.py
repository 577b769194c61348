"""Following the log, time, and refreshes in slices: cost, limits, and what is done exactly once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.resolution import resolve
from kundenkreis.engage.segments import (
    commands,
    evaluating,
    following,
    loading,
    refreshing,
    storing,
)
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.models import Membership, Recheck, Segment, Timer
from kundenkreis.engage.segments.nodes.counting import NotPerformed, Performed
from kundenkreis.engage.segments.nodes.membership import InSegment
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.refreshing import Refresher
from kundenkreis.engage.segments.templates import ABANDONED_CART
from kundenkreis.engage.segments.tests.people import (
    NOW,
    did,
    follow_events,
    members,
    people,
    segment,
)
from kundenkreis.kernel import log, store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.conditions import All, Compare, ConditionError, Duration, Unit
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM

# Really committed: PostgreSQL shows the log only of transactions that are over.
pytestmark = pytest.mark.django_db(databases=["engage"], transaction=True)
BOUGHT = Performed(Selector("Order Completed"))


@pytest.fixture(autouse=True)
def _from_the_beginning(db: None) -> None:
    """The tables of the kernel are on both sides and are not emptied between tests."""
    with store.group(Side.ENGAGE):
        store.discard(Cursor.objects.all())
    following.pace = following.Pace()


@contextmanager
def queries() -> Iterator[list[str]]:
    found: list[str] = []
    with CaptureQueriesContext(connections["engage"]) as seen:
        yield found
    found += [query["sql"] for query in seen.captured_queries]


def test_it_needs_the_same_number_of_queries_for_one_event_as_for_many() -> None:
    everybody = people(60)
    with freeze(NOW):
        segment(ABANDONED_CART.tree)
        segment(BOUGHT)
        did(everybody[0], "Page Viewed")
        follow_events(1)  # makes the cursor
        counts = []
        for part in (everybody[:1], everybody[1:]):
            for who in part:
                did(who, "Product Added", key="a")
                did(who, "Order Completed", key="b")
            with queries() as seen:
                follow_events(2 * len(part))
            counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_it_does_nothing_for_events_that_no_segment_asks_for() -> None:
    (one,) = people(1)
    segment(BOUGHT)
    did(one, "Page Viewed")
    with queries() as seen:
        follow_events(1)
    assert not any(
        "engage_tracking_event" in sql and "profile_id" in sql and "IN" in sql for sql in seen
    )
    assert commands.consume_events() == 0


def test_it_writes_no_more_than_a_thousand_rows_in_a_transaction() -> None:
    many = people(300)
    for who in many:
        did(who, "Product Added", key="a")
    with freeze(NOW):
        made = segment(NotPerformed(Selector("nothing")))
        assert members(made) == set(many)
        cart = segment(ABANDONED_CART.tree)
        assert members(cart) == set(many)
    assert storing.PER_TRANSACTION * 4 <= 1000
    assert Timer.objects.filter(segment_id=cart.pk).count() == 300


def test_it_loses_nothing_and_repeats_nothing_when_it_fails_before_the_end() -> None:
    (one,) = people(1)
    made = segment(BOUGHT)
    did(one, "Order Completed")
    before = log.position(following.READER, Side.ENGAGE)

    class PulledPlugError(Exception):
        pass

    real = log.move
    try:

        def fail(*_: object) -> None:
            raise PulledPlugError

        log.move = fail  # type: ignore[assignment]
        with pytest.raises(PulledPlugError):
            follow_events(1)
    finally:
        log.move = real
    assert members(made) == set()
    assert log.position(following.READER, Side.ENGAGE) == before
    follow_events(1)
    commands.consume_events()
    assert members(made) == {one}
    assert Segment.objects.get(pk=made.pk).size == 1


def test_it_starts_at_the_end_of_the_log_when_there_was_no_segment() -> None:
    (one,) = people(1)
    did(one, "Order Completed")
    follow_events(1)
    assert commands.consume_events() == 0
    made = segment(BOUGHT)
    assert members(made) == {one}


def test_it_wakes_the_segments_that_refer_to_a_changed_one() -> None:
    (one,) = people(1)
    inner = segment(BOUGHT)
    outer = segment(InSegment(inner.pk))
    outermost = segment(All((InSegment(outer.pk),)))
    did(one, "Order Completed")
    follow_events(1)
    assert members(inner) == members(outer) == members(outermost) == {one}


def test_it_keeps_one_timer_per_person_and_drops_those_of_archived_segments() -> None:
    (one,) = people(1)
    with freeze(NOW) as clock:
        made = segment(ABANDONED_CART.tree)
        for ago in (3, 2, 1):
            did(one, "Product Added", key=str(ago), ago=timedelta(hours=ago))
            follow_events(1)
        (timer,) = Timer.objects.all()
        assert timer.due_at == NOW + timedelta(hours=3)  # the first cart's window
        clock.advance(hours=3)
        assert commands.run_due_timers() == 1
        assert Timer.objects.get().due_at == NOW + timedelta(hours=5)  # the last one's
        commands.archive_segment(actor=SYSTEM, segment_id=made.pk)
        clock.advance(hours=2)
        commands.run_due_timers()
        assert not Timer.objects.exists()


def test_it_follows_calendar_days_in_the_zone_of_the_company() -> None:
    (one,) = people(1)
    today = Performed(Selector("Visit", Duration(1, Unit.CALENDAR_DAYS)))
    with freeze("2026-11-21T22:30:00Z") as clock:
        made = segment(today)
        did(one, "Visit")  # at noon
        follow_events(1)
        assert members(made) == {one}
        clock.advance(minutes=29, seconds=59)
        assert commands.run_due_timers() == 0
        clock.advance(seconds=1)  # midnight in Berlin
        assert commands.run_due_timers() == 1
        assert members(made) == set()


def test_it_refreshes_in_slices_with_a_thread_of_its_own_for_the_comparison() -> None:
    many = people(600)
    made = commands.create_segment(
        actor=SYSTEM,
        name={"en": "x"},
        definition={"v": 1, "where": {"type": "all", "children": []}},
        activate=True,
    )
    refresher, sizes = Refresher(), []
    for _ in range(2000):
        if done := refresher.step():
            sizes.append(done)
        elif Segment.objects.get(pk=made.pk).refresh_due_at is None:
            break
        time.sleep(0.002)
    assert sizes == [250, 250, 100]
    made.refresh_from_db()
    assert (made.size, members(made)) == (600, set(many))


def test_it_stores_what_a_comparison_found_in_the_smaller_part_of_the_time_while_events_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people(600)
    commands.create_segment(
        actor=SYSTEM,
        name={"en": "x"},
        definition={"v": 1, "where": {"type": "all", "children": []}},
        activate=True,
    )
    clock = [100.0]
    monkeypatch.setattr(refreshing.time, "monotonic", lambda: clock[0])
    apply = refreshing.apply

    def takes_a_second(refresh: refreshing.Refresh) -> int:
        clock[0] += 1
        return apply(refresh)

    monkeypatch.setattr(refreshing, "apply", takes_a_second)
    refresher = Refresher()
    refresher.step()
    assert refresher._thread is not None
    refresher._thread.join()
    refresher.give_way()
    assert refresher.step() == 250
    assert refresher.step() == 0
    clock[0] += refreshing.REST
    assert refresher.step() == 250  # nobody came for a while: no more rest
    assert refresher.step() == 100


def test_it_looks_at_each_person_once_more_before_it_stores_what_a_comparison_found() -> None:
    from kundenkreis.engage.segments import refreshing

    one, other = people(2)
    with freeze(NOW):
        made = segment(BOUGHT)
        did(one, "Order Completed")
        asked = commands.recompute_segment(actor=SYSTEM, segment_id=made.pk)
        refresh = refreshing.start(asked)
        refreshing.scan(refresh)
        assert list(refresh.enter) == [one]
        did(other, "Order Completed")  # meanwhile
        follow_events(2)
        assert members(made) == {one, other}
        while refreshing.apply(refresh):
            pass
        refreshing.finish(refresh)
        assert members(made) == {one, other}
        assert Segment.objects.get(pk=made.pk).size == 2


def test_it_leaves_a_request_that_came_during_a_refresh() -> None:
    from kundenkreis.engage.segments import refreshing

    with freeze(NOW) as clock:
        made = segment(BOUGHT)
        refresh = refreshing.start(commands.recompute_segment(actor=SYSTEM, segment_id=made.pk))
        clock.advance(seconds=1)
        commands.recompute_segment(actor=SYSTEM, segment_id=made.pk)
        refreshing.scan(refresh)
        refreshing.finish(refresh)
        assert Segment.objects.get(pk=made.pk).refresh_due_at == clock.instant


def test_it_takes_erased_people_out() -> None:
    from kundenkreis.engage.profiles.models import Profile

    one, other = people(2)
    made = segment(All())
    with store.group(Side.ENGAGE):
        store.remove(SYSTEM, Profile.objects.get(pk=one))
        following.recheck([one], Recheck.Cause.ALL)
    commands.consume_rechecks()
    assert members(made) == {other}
    assert not Membership.objects.filter(profile_id=one).exists()


@pytest.mark.unaudited
def test_it_goes_on_when_one_definition_can_no_longer_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (one,) = people(1)
    good, bad = segment(BOUGHT), segment(BOUGHT)
    with store.group(Side.ENGAGE):
        store.replace(Segment.objects.filter(pk=bad.pk), definition={"v": 0})
    commands.recompute_segment(actor=SYSTEM, segment_id=bad.pk)
    did(one, "Order Completed")
    follow_events(1)
    assert members(good) == {one}
    assert f"segment {bad.pk} is not kept" in caplog.text
    commands.change_segment(
        actor=SYSTEM, segment_id=good.pk, definition=definition_of(NotPerformed(BOUGHT.selector))
    )
    refresher = Refresher()
    for _ in range(2000):
        with contextlib.suppress(ConditionError):
            refresher.step()
        if Segment.objects.get(pk=good.pk).refresh_due_at is None:
            break
        time.sleep(0.002)
    assert members(good) == set()


def test_it_sees_visitors_who_have_done_nothing_it_asks_for() -> None:
    with freeze(NOW):
        idle = segment(NotPerformed(Selector("Order Completed")))
        known = segment(Compare("known", "is", value=True))
        with store.group(Side.ENGAGE):
            (visitor,) = resolve("shop", [Sighting("cookie", "", NOW)], NOW)
        commands.consume_rechecks()
        assert members(idle) == {visitor.profile_id}
        assert members(known) == set()
        with store.group(Side.ENGAGE):
            resolve("shop", [Sighting("cookie", "4711", NOW, proven=True)], NOW)
        commands.consume_rechecks()
        assert members(known) == {visitor.profile_id}


def test_it_looks_at_robots_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "BUSY", 5)
    robot, other = people(2)
    often = Performed(Selector("Page Viewed"), "gte", 8)
    with freeze(NOW) as clock:
        made = segment(often)
        for _ in range(6):
            did(robot, "Page Viewed")
        follow_events(6)
        for _ in range(8):
            did(robot, "Page Viewed")
            did(other, "Page Viewed")
        follow_events(16)
        assert members(made) == {other}
        clock.advance(minutes=1)
        commands.run_due_timers()
        assert members(made) == {robot, other}
        assert not Timer.objects.exists()


def test_it_looks_at_robots_after_a_minute_although_a_later_timer_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluating, "BUSY", 5)
    (robot,) = people(1)
    with freeze(NOW) as clock:
        made = segment(ABANDONED_CART.tree)
        for at in range(6):
            did(robot, "Product Added", key=str(at))
        follow_events(6)
        assert members(made) == {robot}
        assert Timer.objects.get().due_at == NOW + timedelta(hours=6)
        clock.advance(seconds=30)
        did(robot, "Order Completed", key="", ago=-timedelta(seconds=30))  # closes all carts
        follow_events(1)
        assert Timer.objects.get().due_at == NOW + timedelta(minutes=1)
        clock.advance(seconds=30)
        assert commands.run_due_timers() == 1
        assert members(made) == set()


def test_it_does_not_put_off_a_timer_for_robots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "BUSY", 5)
    (robot,) = people(1)
    with freeze(NOW) as clock:
        segment(ABANDONED_CART.tree)
        for at in range(6):
            did(robot, "Product Added", key=str(at), ago=timedelta(hours=6, seconds=-10))
        follow_events(6)
        did(robot, "Product Added", key="a")
        follow_events(1)
        assert Timer.objects.get().due_at == NOW + timedelta(seconds=10)
        clock.advance(seconds=10)
        assert commands.run_due_timers() == 1


def test_it_looks_at_the_newest_events_of_those_with_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "MOST_EVENTS", 3)
    (robot,) = people(1)
    for ago in (9, 1, 8, 2, 7, 3, 6, 4, 5):
        did(robot, "Page Viewed", ago=timedelta(hours=ago))
    found = loading.load([robot], Selector("Page Viewed").needs(), evaluating.moment_of(NOW))
    ages = sorted(NOW - event.occurred_at for event in found[robot].events["Page Viewed"])
    assert ages == [timedelta(hours=hours) for hours in (1, 2, 3)]
