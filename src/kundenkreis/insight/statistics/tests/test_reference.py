"""Figures published by others, or calculated by SciPy itself, are reproduced."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kundenkreis.insight.statistics import Moments, sample_ratio_p
from kundenkreis.insight.statistics.cuped import adjust
from kundenkreis.insight.statistics.sequence import standard_errors
from kundenkreis.insight.statistics.tests.simulated import compared, delta_interval


def growthbook_share(successes: int, n: int) -> Moments:
    """A yes/no outcome as GrowthBook 0.8.0 counts it: variance p·(1 − p) without n / (n − 1)."""
    share = successes / n
    return Moments(n, share, share * (1 - share) * (n - 1), successes)


CONTROL, VARIANT = growthbook_share(1_000, 10_000), growthbook_share(1_100, 10_000)


def test_it_reproduces_growthbook_for_the_absolute_effect() -> None:
    found = compared(CONTROL, VARIANT)

    assert found.effect == pytest.approx(0.01)
    assert (found.fixed.low, found.fixed.high) == pytest.approx((0.001504, 0.018496), abs=1e-6)
    assert found.p_value == pytest.approx(0.021068, abs=1e-6)
    assert found.interval.low == pytest.approx(-0.003555, abs=1e-6)
    assert found.interval.high == pytest.approx(0.023555, abs=1e-6)


def test_it_reproduces_growthbook_for_the_delta_method_and_its_always_valid_width() -> None:
    """We do not use the delta method, but the two widths it is stretched by are ours."""
    assert delta_interval(CONTROL, VARIANT, stats.norm.ppf(0.975)) == pytest.approx(
        (0.010865, 0.189135), abs=1e-5
    )
    assert delta_interval(CONTROL, VARIANT, standard_errors(20_000)) == pytest.approx(
        (-0.042206, 0.242206), abs=1e-6
    )


def test_it_stays_close_to_the_delta_method_where_that_one_is_good() -> None:
    found = compared(CONTROL, VARIANT).fixed_relative

    assert found.low == pytest.approx(0.010865, abs=0.005)
    assert found.high == pytest.approx(0.189135, abs=0.005)


def test_it_is_as_wide_as_measured_against_the_fixed_horizon() -> None:
    widths = [standard_errors(n) / stats.norm.ppf(0.975) for n in (1_000, 5_000, 20_000, 50_000)]

    assert [round(width, 2) for width in widths] == [1.72, 1.55, 1.60, 1.65]
    assert standard_errors(100) / stats.norm.ppf(0.975) == pytest.approx(3.4, abs=0.05)


def test_it_agrees_with_scipy_on_welchs_test() -> None:
    rng = np.random.default_rng(1)
    control, variant = rng.exponential(3, 40), rng.exponential(5, 25)
    found = compared(Moments.of(control), Moments.of(variant))
    expected = stats.ttest_ind(variant, control, equal_var=False)
    interval = expected.confidence_interval(0.95)

    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.fixed.low, found.fixed.high) == pytest.approx((interval.low, interval.high))


def test_it_agrees_with_scipy_on_the_chi_square_test() -> None:
    people, weights = {"a": 480, "b": 270, "c": 250}, {"a": 2.0, "b": 1.0, "c": 1.0}
    expected = stats.chisquare([480, 270, 250], [500, 250, 250])

    assert sample_ratio_p(people, weights) == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("rho", [0.3, 0.5, 0.7, 0.8])
def test_it_removes_the_squared_correlation_from_the_variance(rho: float) -> None:
    """Theory of CUPED; the research measured .090, .250, .489 and .641."""
    rng = np.random.default_rng(20_261_121)
    arms = {}
    for name, effect in (("control", 0.0), ("variant", 0.5)):
        before = rng.standard_normal(100_000)
        during = rho * before + (1 - rho**2) ** 0.5 * rng.standard_normal(100_000) + effect
        arms[name] = Moments.of(during, before)

    assert adjust(arms).variance_reduction == pytest.approx(rho**2, abs=0.005)
    plain = arms["variant"].variance / 100_000
    assert adjust(arms).estimates["variant"].variance / plain == pytest.approx(
        1 - rho**2, abs=0.007
    )
