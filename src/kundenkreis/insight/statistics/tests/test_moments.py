from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.insight.statistics import Moments

VALUES = st.lists(st.integers(-1_000_000, 1_000_000).map(float), max_size=40)


@given(VALUES, VALUES, VALUES)
def test_it_adds_up_in_any_grouping(
    first: list[float], second: list[float], third: list[float]
) -> None:
    together = Moments.of(first + second + third)
    for joined in (
        (Moments.of(first) + Moments.of(second)) + Moments.of(third),
        Moments.of(third) + (Moments.of(second) + Moments.of(first)),
    ):
        assert (joined.n, joined.nonzero) == (together.n, together.nonzero)
        assert joined.mean == pytest.approx(together.mean, abs=1e-6)
        assert joined.m2 == pytest.approx(together.m2, rel=1e-9, abs=1e-3)


@given(st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=2, max_size=40))
def test_it_adds_up_earlier_values_too(pairs: list[tuple[int, int]]) -> None:
    y, x = np.array(pairs, dtype=float).T
    together = Moments.of(y, x).prior
    joined = (Moments.of(y[:1], x[:1]) + Moments.of(y[1:], x[1:])).prior

    assert together is not None
    assert joined is not None
    assert joined.mean == pytest.approx(together.mean, abs=1e-9)
    assert joined.m2 == pytest.approx(together.m2, abs=1e-3)
    assert joined.cross == pytest.approx(together.cross, abs=1e-3)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_it_takes_exact_sums_from_a_database(amounts: list[int]) -> None:
    found = Moments.from_sums(
        len(amounts), sum(amounts), sum(a * a for a in amounts), sum(a != 0 for a in amounts)
    )
    expected = Moments.of(amounts)

    assert found.mean == pytest.approx(expected.mean)
    assert found.m2 == pytest.approx(expected.m2, rel=1e-9, abs=1e-3)
    assert found.nonzero == expected.nonzero


def test_it_keeps_the_variance_of_large_amounts_that_float_sums_would_lose() -> None:
    amounts = [10**15 + offset for offset in (1, 2, 3)]
    found = Moments.from_sums(3, sum(amounts), sum(a * a for a in amounts), 3)
    lost = sum(float(a) * a for a in amounts) - sum(map(float, amounts)) ** 2 / 3

    assert found.variance == 1.0
    assert lost / 2 != pytest.approx(1.0, abs=0.5)


def test_it_takes_decimals() -> None:
    assert Moments.from_sums(2, Decimal("3.5"), Decimal("6.25"), 2).variance == pytest.approx(0.125)


def test_it_counts_nobody() -> None:
    assert Moments.of([]) == Moments.nobody() == Moments.from_sums(0, 0, 0, 0)
    assert Moments.nobody() + Moments.of([1, 2]) == Moments.of([1, 2])
    assert Moments.of([7]).variance == 0.0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 1], True),
        ([0, 0], True),
        ([1, 1], True),
        ([0, 2], False),
        ([0.5, 0.5], False),
        ([-1, 1, 0], False),
    ],
)
def test_it_recognises_a_yes_no_outcome_from_its_sums(values: list[float], expected: bool) -> None:
    assert Moments.of(values).is_yes_no is expected


def test_it_moves_nobody_who_has_no_earlier_value() -> None:
    known = Moments.of([1, 2, 3, 4], [10, 20, 30, 50])
    unknown = Moments.of([5, 6])
    by_hand = Moments.of([1, 2, 3, 4, 5, 6], [10, 20, 30, 50, 27.5, 27.5])
    joined = known + unknown.with_flat_prior(27.5)

    assert joined.prior is not None
    assert by_hand.prior is not None
    assert joined.prior.cross == pytest.approx(by_hand.prior.cross)
    assert joined.prior.m2 == pytest.approx(by_hand.prior.m2)
