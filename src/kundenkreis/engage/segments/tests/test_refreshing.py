"""Comparing whole memberships while the store fails and segments change: nobody is lost or too much."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from kundenkreis.engage.segments import commands, refreshing, storing
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.evaluating import Outcome
from kundenkreis.engage.segments.events import SegmentEntered
from kundenkreis.engage.segments.models import Segment, Timer
from kundenkreis.engage.segments.nodes.counting import Performed
from kundenkreis.engage.segments.nodes.rfm import Rfm
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.refreshing import Refresh, Refresher
from kundenkreis.engage.segments.tests.people import NOW, did, members, people, segment
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.conditions import All, Compare, Duration, Node, Not, Unit
from kundenkreis.kernel.events import ON, name_of
from kundenkreis.kernel.testing import SYSTEM

# Really committed: the comparison reads in a thread of its own.
pytestmark = pytest.mark.django_db(databases=["engage"], transaction=True)
BOUGHT = Selector("Order Completed")
BUYERS = Rfm(BOUGHT, "EUR")


def active(tree: Node) -> Segment:
    """An active segment that was not refreshed yet."""
    return commands.create_segment(
        actor=SYSTEM, name={"en": "x"}, definition=definition_of(tree), activate=True
    )


def define(one: Segment, tree: Node) -> Segment:
    return commands.change_segment(actor=SYSTEM, segment_id=one.pk, definition=definition_of(tree))


def compared(one: Segment) -> Refresh:
    """A refresh that has read the differences and stored nothing."""
    refresh = refreshing.start(Segment.objects.get(pk=one.pk))
    refreshing.scan(refresh)
    return refresh


def store_all(refresh: Refresh) -> None:
    while refreshing.apply(refresh):
        pass
    refreshing.finish(refresh)


def failing(monkeypatch: pytest.MonkeyPatch, fails: Callable[[int], bool]) -> None:
    """Let the store say that the database is locked whenever `fails` says so of a call."""
    real, calls = storing.store_outcomes, [0]

    def store(*args: Any) -> int:
        calls[0] += 1
        if fails(calls[0]):
            raise OperationalError("database is locked")
        return real(*args)

    monkeypatch.setattr(refreshing, "store_outcomes", store)


def run(refresher: Refresher, one: Segment) -> int:
    """Step as the loop does, which goes on after errors; returns how many there were."""
    errors, deadline = 0, time.monotonic() + 30
    while Segment.objects.filter(pk=one.pk, refresh_due_at__isnull=False).exists():
        assert time.monotonic() < deadline, "the refresh does not come to an end"
        try:
            refresher.step()
        except OperationalError:
            errors += 1
        time.sleep(0.001)
    return errors


@pytest.mark.parametrize("call", [1, 2, 3])
def test_it_tries_a_slice_again_that_could_not_be_stored(
    monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    everybody = people(600)
    made = active(All())
    failing(monkeypatch, lambda n: n == call)
    assert run(Refresher(), made) == 1
    made.refresh_from_db()
    assert (members(made), made.size) == (set(everybody), 600)


def test_it_puts_off_a_segment_that_fails_again_and_again_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody = people(2)
    with freeze(NOW) as clock:
        bad, good = active(All()), active(All())
        failing(monkeypatch, lambda n: n <= refreshing.TRIES)
        refresher = Refresher()
        assert run(refresher, good) == refreshing.TRIES
        assert members(good) == set(everybody)
        bad.refresh_from_db()
        assert bad.refresh_due_at == NOW + refreshing.RETRY
        clock.advance(minutes=5)
        assert run(refresher, bad) == 0
        assert members(bad) == set(everybody)


def test_it_lets_members_go_when_a_shorter_window_runs_out() -> None:
    (one,) = people(1)
    with freeze(NOW) as clock:
        did(one, "Order Completed")
        made = segment(Performed(Selector("Order Completed", Duration(60, Unit.DAYS))))
        assert Timer.objects.get().due_at == NOW + timedelta(days=60)
        define(made, Performed(Selector("Order Completed", Duration(6, Unit.HOURS))))
        commands.refresh_segment(made.pk)
        assert members(made) == {one}
        clock.advance(hours=6)
        assert commands.run_due_timers() == 1
        assert members(made) == set()


def test_it_lets_nobody_into_a_segment_that_was_archived_meanwhile() -> None:
    (one,) = people(1)
    with freeze(NOW):
        did(one, "Order Completed")
        made = active(Performed(BOUGHT))
        refresh = compared(made)
        assert list(refresh.enter) == [one]
        commands.archive_segment(actor=SYSTEM, segment_id=made.pk)
        refreshing.apply(refresh)
        assert members(made) == set()


def test_it_empties_a_segment_that_was_archived_during_a_refresh() -> None:
    people(300)
    with freeze(NOW):
        made = active(All())
        refresh = compared(made)
        assert refreshing.apply(refresh) == 250
        commands.archive_segment(actor=SYSTEM, segment_id=made.pk)
        store_all(refresh)
        assert len(members(made)) == 250
        commands.refresh_segment(made.pk)
        made.refresh_from_db()
        assert (members(made), made.size, made.refresh_due_at) == (set(), 0, None)


def test_it_lets_nobody_in_whose_answer_was_found_before_the_segment_was_archived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (one,) = people(1)
    entered: list[SegmentEntered] = []
    monkeypatch.setitem(ON, name_of(SegmentEntered), [entered.append])
    with freeze(NOW):
        kept, archived = active(All()), active(All())
        commands.archive_segment(actor=SYSTEM, segment_id=archived.pk)
        found = [Outcome(made.pk, one, member=True) for made in (kept, archived)]
        storing.store_outcomes(found, NOW)
    assert (members(kept), members(archived)) == ({one}, set())
    assert [event.segment_id for event in entered] == [kept.pk]
    archived.refresh_from_db()
    assert archived.size == 0


def test_it_does_not_take_the_word_of_an_older_definition_about_the_population() -> None:
    known, buyer = (*people(1, known=True), *people(1))
    with freeze(NOW):
        did(buyer, "Order Completed", value_minor=100, currency="EUR")
        made = active(Compare("known", "is", value=True))
        refresh = compared(made)
        assert list(refresh.enter) == [known]
        define(made, BUYERS)
        store_all(refresh)
        assert members(made) == set()
        commands.refresh_segment(made.pk)
        assert members(made) == {buyer}


def test_it_refreshes_again_what_was_changed_in_the_same_instant() -> None:
    everybody = people(2)
    with freeze(NOW):
        made = segment(Not(All()))
        define(made, BUYERS)
        refresh = compared(made)
        define(made, All())
        store_all(refresh)
        made.refresh_from_db()
        assert made.refresh_due_at == NOW
        commands.refresh_segment(made.pk)
        assert members(made) == set(everybody)
