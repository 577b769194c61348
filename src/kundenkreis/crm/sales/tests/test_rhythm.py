from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.crm.sales.rhythm import Pace, rhythm

TODAY = date(2026, 11, 28)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("orders", "first", "last", "pace", "usual"),
    [
        (1, 400, 400, Pace.UNKNOWN, 0),
        (2, 400, 10, Pace.UNKNOWN, 0),
        (5, 130, 10, Pace.USUAL, 30),
        (5, 165, 45, Pace.USUAL, 30),
        (5, 166, 46, Pace.OVERDUE, 30),
        (5, 210, 90, Pace.OVERDUE, 30),
        (5, 211, 91, Pace.STOPPED, 30),
        (3, 0, 0, Pace.USUAL, 1),
    ],
)
def test_everybody_is_measured_by_their_own_pause(
    orders: int, first: int, last: int, pace: Pace, usual: int
) -> None:
    found = rhythm(orders, days_ago(first), days_ago(last), TODAY)
    assert (found.pace, found.usual, found.since) == (pace, usual, last)


@given(st.integers(3, 50), st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 500))
def test_waiting_longer_never_looks_better(orders: int, span: int, since: int, more: int) -> None:
    places = [Pace.USUAL, Pace.OVERDUE, Pace.STOPPED]
    last = days_ago(since)
    first = last - timedelta(days=span)
    now = rhythm(orders, first, last, TODAY)
    later = rhythm(orders, first, last, TODAY + timedelta(days=more))
    assert places.index(later.pace) >= places.index(now.pace)
