"""What conditions mean, case by case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.kernel import conditions as c
from kundenkreis.kernel.conditions.tests.thing import (
    BERLIN,
    NOW,
    THINGS,
    Thing,
    things,
    trees,
)
from kundenkreis.kernel.money import Money


def holds(thing: Thing, field: str, op: str, value: Any = None, now: datetime = NOW) -> bool:
    return c.matches(c.Compare(field, op, value), THINGS, thing, now, BERLIN)


@pytest.mark.parametrize("op", ["is", "is_not", "contains", "in", "not_in"])
def test_it_answers_no_to_every_comparison_with_a_missing_value(op: str) -> None:
    value = ("Köln",) if op in ("in", "not_in") else "Köln"
    assert not holds(Thing(name=None), "name", op, value)
    missing = c.Not(c.Compare("name", op, value))
    assert c.matches(missing, THINGS, Thing(name=None), NOW, BERLIN)


def test_it_calls_missing_and_empty_texts_empty() -> None:
    assert holds(Thing(name=None), "name", "empty")
    assert holds(Thing(name=""), "name", "empty")
    assert holds(Thing(name=" "), "name", "not_empty")
    assert holds(Thing(traits={}), "trait.number.age", "empty")
    assert holds(Thing(traits={"age": "3"}), "trait.number.age", "empty")


@pytest.mark.parametrize(
    ("stored", "asked"),
    [("Straße", "STRASSE"), ("A\u0308rger", "ÄRGER"), ("ärger", "A\u0308RGER"), ("ẞ", "ss")],
)
def test_it_compares_texts_without_regard_to_case_and_form(stored: str, asked: str) -> None:
    assert holds(Thing(name=stored), "name", "is", asked)
    assert holds(Thing(name=f"x {stored}"), "name", "contains", asked)
    assert not holds(Thing(code=stored), "code", "is", asked)


def test_it_does_not_treat_percent_and_underscore_as_wildcards() -> None:
    assert not holds(Thing(name="abc"), "name", "contains", "%")
    assert not holds(Thing(name="abc"), "name", "starts_with", "a_")


def test_it_never_compares_amounts_of_different_currencies() -> None:
    thing = Thing(minor=100, currency="CHF")
    for op in ("is", "is_not", "lt", "gt"):
        assert not holds(thing, "amount", op, Money(50, "EUR"))
    assert holds(thing, "amount", "gt", Money(50, "CHF"))


def test_it_counts_hours_exactly_to_the_microsecond() -> None:
    six = c.Duration(6, c.Unit.HOURS)
    edge = NOW - timedelta(hours=6)
    assert not holds(Thing(seen=edge), "seen", "within_last", six)
    assert holds(Thing(seen=edge), "seen", "before_ago", six)
    assert holds(Thing(seen=edge + timedelta(microseconds=1)), "seen", "within_last", six)
    assert not holds(Thing(seen=NOW + timedelta(microseconds=1)), "seen", "within_last", six)


def test_it_tells_a_day_of_24_hours_from_a_calendar_day() -> None:
    # Midnight in Berlin was at 22:00 UTC; the day has 25 hours because the clocks went back.
    before, after = (
        datetime(2026, 10, 24, 21, 59, tzinfo=UTC),
        datetime(2026, 10, 24, 22, tzinfo=UTC),
    )
    calendar, sliding = c.Duration(1, c.Unit.CALENDAR_DAYS), c.Duration(1, c.Unit.DAYS)
    assert not holds(Thing(seen=before), "seen", "within_last", calendar)
    assert holds(Thing(seen=after), "seen", "within_last", calendar)
    assert holds(Thing(seen=before), "seen", "within_last", sliding)
    late = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)
    assert holds(Thing(seen=after), "seen", "during", c.Period.TODAY, late)
    assert not holds(Thing(seen=after), "seen", "within_last", sliding, late)


def test_it_counts_the_current_calendar_month_as_the_first() -> None:
    two = c.Duration(2, c.Unit.CALENDAR_MONTHS)
    assert holds(Thing(due=date(2026, 9, 1)), "due", "within_last", two)
    assert not holds(Thing(due=date(2026, 8, 31)), "due", "within_last", two)


def test_it_compares_numbers_of_traits_as_numbers() -> None:
    assert holds(Thing(traits={"age": 9}), "trait.number.age", "lt", Decimal(10))
    assert not holds(Thing(traits={"age": "9"}), "trait.number.age", "lt", Decimal(10))
    assert not holds(Thing(traits={"age": True}), "trait.number.age", "is", Decimal(1))


def test_it_is_true_of_everything_when_there_is_nothing_to_meet() -> None:
    assert c.matches(c.All(), THINGS, Thing(), NOW)
    assert not c.matches(c.Any(), THINGS, Thing(), NOW)


STEPS = st.timedeltas(timedelta(0), timedelta(days=40))


@given(things(), trees(), st.lists(STEPS, max_size=12))
@settings(max_examples=200, deadline=None)
def test_it_never_changes_its_mind_before_the_announced_instant(
    thing: Thing, tree: c.Node, steps: list[timedelta]
) -> None:
    answer, change = c.evaluate(tree, THINGS, thing, c.Moment(NOW, BERLIN))
    assert answer is c.matches(tree, THINGS, thing, NOW, BERLIN)
    assert change is None or change > NOW
    just_before = [change - timedelta(microseconds=1)] if change else []
    for later in (*(NOW + step for step in steps), *just_before):
        if change is None or later < change:
            assert c.matches(tree, THINGS, thing, later, BERLIN) is answer


def test_it_announces_the_very_instant_a_window_runs_out() -> None:
    thing = Thing(seen=NOW - timedelta(hours=5))
    tree = c.Compare("seen", "within_last", c.Duration(6, c.Unit.HOURS))
    _, change = c.evaluate(tree, THINGS, thing, c.Moment(NOW, BERLIN))
    assert change == NOW + timedelta(hours=1)
    assert not c.matches(tree, THINGS, thing, change, BERLIN)
    assert c.matches(tree, THINGS, thing, change - timedelta(microseconds=1), BERLIN)
