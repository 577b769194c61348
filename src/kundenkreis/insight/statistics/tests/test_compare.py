from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.insight.statistics import Moments
from kundenkreis.insight.statistics.sequence import TIGHTEST_AT, standard_errors
from kundenkreis.insight.statistics.tests.simulated import compared


def share(successes: int, n: int) -> Moments:
    return Moments.from_sums(n, successes, successes, successes)


COUNTS = st.tuples(st.integers(2, 5_000), st.floats(0, 1)).map(
    lambda c: share(round(c[0] * c[1]), c[0])
)


@given(COUNTS, COUNTS)
def test_the_relative_effect_never_contradicts_the_absolute_one(
    control: Moments, variant: Moments
) -> None:
    found = compared(control, variant)
    for absolute, relative in (
        (found.interval, found.relative),
        (found.fixed, found.fixed_relative),
    ):
        if relative.low is None or absolute.low is None or abs(absolute.low) < 1e-12:
            continue
        assert (relative.low > 0) == absolute.is_above_zero
        assert (relative.high is not None and relative.high < 0) == absolute.is_below_zero


@given(COUNTS, COUNTS)
def test_the_limits_enclose_the_effect_and_the_always_valid_ones_are_wider(
    control: Moments, variant: Moments
) -> None:
    found = compared(control, variant)
    if found.interval.low is None or found.interval.high is None:
        assert found.p_value is None
        return
    assert found.fixed.low is not None
    assert found.fixed.high is not None
    assert found.interval.low <= found.effect <= found.interval.high
    if min(control.n, variant.n) >= 10:
        assert found.interval.low <= found.fixed.low
        assert found.interval.high >= found.fixed.high
    if found.relative.low is not None:
        assert found.relative.effect is not None
        assert found.relative.high is not None
        assert -1 <= found.relative.low <= found.relative.effect <= found.relative.high


def test_swapping_both_groups_mirrors_the_effect() -> None:
    one, other = share(100, 1_000), share(140, 900)
    there, back = compared(one, other), compared(other, one)

    assert there.effect == -back.effect
    assert there.interval.low == pytest.approx(-(back.interval.high or 0))
    assert there.p_value == pytest.approx(back.p_value)


@pytest.mark.parametrize("successes", [0, 3, 4])
def test_it_gives_no_relative_interval_while_control_may_be_zero(successes: int) -> None:
    """Four buyers in 1,000 are the first whose 95 % interval excludes zero… by a hair."""
    found = compared(share(successes, 1_000), share(30, 1_000)).relative

    assert (found.low is None) == (successes < 4)
    assert (found.effect is None) == (successes == 0)


def test_it_gives_no_relative_effect_for_a_loss() -> None:
    found = compared(Moments.of([-5.0, -6.0, -7.0] * 50), Moments.of([5.0, 6.0, 7.0] * 50))

    assert found.effect == pytest.approx(12)
    assert found.relative.effect is None
    assert found.relative.low is None


@pytest.mark.parametrize(
    ("control", "variant"),
    [
        (share(0, 500), share(0, 500)),
        (share(500, 500), share(500, 500)),
        (share(1, 1), share(3, 9)),
    ],
)
def test_it_gives_no_interval_without_variation_or_with_one_person(
    control: Moments, variant: Moments
) -> None:
    found = compared(control, variant)

    assert (found.interval.low, found.fixed.high, found.p_value) == (None, None, None)


def test_it_does_not_claim_certainty_when_nobody_in_the_variant_buys() -> None:
    found = compared(share(50, 500), share(0, 500))

    assert found.interval.is_below_zero
    assert found.relative.effect == -1
    assert found.relative.low is None, "the ratio's variance is unknown, so it is not called 0"


def test_the_always_valid_interval_is_tightest_near_its_tuning_point() -> None:
    grid = [100 * 2**step for step in range(12)]
    width = {n: standard_errors(n) for n in grid}

    assert abs(min(width, key=lambda n: width[n]) - TIGHTEST_AT) < 2_000
    assert width[100] > 6.6


def test_a_stricter_error_makes_a_wider_interval() -> None:
    assert standard_errors(4_000, 0.05 / 3) > standard_errors(4_000, 0.05)
