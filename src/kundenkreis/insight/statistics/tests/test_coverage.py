"""Thousands of seeded experiments with a known truth: do the intervals contain it?

Each promise has a control beside it: the simpler method breaks the same promise on the same runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from math import sqrt

import numpy as np
import pytest

from kundenkreis.insight.statistics.tests.simulated import (
    Looks,
    compared,
    covers,
    delta_interval,
    every_run,
    mean_revenue,
    purchases,
    revenue,
)
from kundenkreis.insight.statistics.verdict import is_enough

pytestmark = pytest.mark.simulation

RUNS = 2_000
LIFT = 0.8


def purchases_of(looks: int, step: int, rate: float, lift: float) -> tuple[Looks, Looks]:
    """The classic example: control buys at `rate`, the offer lifts that by `lift`."""
    rng = np.random.default_rng(4711)
    return (
        purchases(rng, rate, runs=RUNS, looks=looks, step=step),
        purchases(rng, rate * (1 + lift), runs=RUNS, looks=looks, step=step),
    )


def revenue_of(looks: int, step: int, rate: float, sigma: float) -> tuple[Looks, Looks]:
    rng = np.random.default_rng(4712)
    return (
        revenue(rng, rate, sigma, runs=RUNS, looks=looks, step=step),
        revenue(rng, rate * (1 + LIFT), sigma, runs=RUNS, looks=looks, step=step),
    )


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@dataclass
class Watched:
    """Per run: did the intervals hold, and was the effect called, at any of thirty looks?"""

    absolute: list[bool] = field(default_factory=lambda: [True] * RUNS)
    relative: list[bool] = field(default_factory=lambda: [True] * RUNS)
    fixed: list[bool] = field(default_factory=lambda: [True] * RUNS)
    called: list[bool] = field(default_factory=lambda: [False] * RUNS)
    called_naively: list[bool] = field(default_factory=lambda: [False] * RUNS)


@cache
def watched(lift: float, step: int) -> Watched:
    """Look thirty times, `step` more people per group each time, at a base rate of 10 %."""
    control, variant = purchases_of(30, step, 0.1, lift)
    seen, truth = Watched(), 0.1 * lift
    for look in range(30):
        for run, found in enumerate(every_run(control, variant, look)):
            seen.absolute[run] &= covers(found.interval.low, truth, found.interval.high)
            seen.relative[run] &= covers(found.relative.low, lift, found.relative.high)
            seen.fixed[run] &= covers(found.fixed.low, truth, found.fixed.high)
            seen.called[run] |= found.interval.excludes_zero
            seen.called_naively[run] |= found.fixed.excludes_zero
    return seen


def test_it_covers_a_known_lift_of_purchases_at_every_of_thirty_looks() -> None:
    assert share(watched(LIFT, 100).absolute) >= 0.95
    assert share(watched(LIFT, 100).relative) >= 0.95


def test_the_fixed_interval_does_not_survive_thirty_looks() -> None:
    assert share(watched(LIFT, 100).fixed) < 0.85


@pytest.mark.parametrize("step", [100, 1_000])
def test_it_calls_a_useless_offer_in_at_most_five_percent_of_thirty_look_runs(step: int) -> None:
    assert share(watched(0.0, step).called) <= 0.05


def test_a_naive_test_would_call_a_useless_offer_far_too_often() -> None:
    assert share(watched(0.0, 100).called_naively) > 0.20


@pytest.mark.parametrize("people", [500, 3_000])
def test_the_fixed_interval_covers_purchases_at_one_look(people: int) -> None:
    found = list(every_run(*purchases_of(1, people, 0.1, LIFT), 0))

    assert 0.94 <= share([covers(one.fixed.low, 0.08, one.fixed.high) for one in found]) <= 0.96


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1])
def test_the_relative_effect_covers_at_500_people_each(rate: float) -> None:
    found = list(every_run(*purchases_of(1, 500, rate, LIFT), 0))
    once = [covers(one.fixed_relative.low, LIFT, one.fixed_relative.high) for one in found]
    any_time = [covers(one.relative.low, LIFT, one.relative.high) for one in found]

    assert 0.94 <= share(once) <= 0.96
    assert share(any_time) >= 0.95
    without_limit = [one.relative.high is None for one in found]
    assert share(without_limit) <= 0.02, "an interval without limits would cover for free"


def test_the_delta_method_would_not_cover_at_500_people_each() -> None:
    control, variant = purchases_of(1, 500, 0.02, LIFT)
    hits = []
    for run in range(RUNS):
        low, high = delta_interval(control.moments(run, 0), variant.moments(run, 0), 1.96)
        hits.append(covers(low, LIFT, high))

    assert share(hits) < 0.94


@pytest.mark.parametrize("people", [500, 2_000])
def test_it_covers_skewed_revenue_at_one_look(people: int) -> None:
    truth = mean_revenue(0.1, 1.0) * LIFT
    found = list(every_run(*revenue_of(1, people, 0.1, 1.0), 0))
    relative = [covers(one.fixed_relative.low, LIFT, one.fixed_relative.high) for one in found]

    assert 0.94 <= share([covers(one.fixed.low, truth, one.fixed.high) for one in found]) <= 0.96
    assert 0.94 <= share(relative) <= 0.96
    assert share([covers(one.interval.low, truth, one.interval.high) for one in found]) >= 0.95


def test_it_covers_very_skewed_revenue_at_every_look_once_there_are_enough_people() -> None:
    """2 % buyers, the amounts' standard deviation 2.9 times their mean (sigma 1.5)."""
    looks = 60
    control, variant = revenue_of(looks, 100, 0.02, 1.5)
    truth = mean_revenue(0.02, 1.5) * LIFT
    absolute, relative, from_the_start = [True] * RUNS, [True] * RUNS, [True] * RUNS
    for look in range(looks):
        for run in range(RUNS):
            one, other = control.moments(run, look), variant.moments(run, look)
            found = compared(one, other)
            hit = covers(found.interval.low, truth, found.interval.high)
            from_the_start[run] &= hit
            if is_enough(one, other):
                absolute[run] &= hit
                relative[run] &= covers(found.relative.low, LIFT, found.relative.high)

    assert share(absolute) >= 0.95
    assert share(relative) >= 0.95
    assert share(from_the_start) < 0.95, "control: verdicts from the first look on break it"


def test_a_naive_test_is_wrong_as_often_as_the_table_of_looks_says() -> None:
    """False positives of a 5 % z-test by the number of equally spaced looks (20,000 runs)."""
    table = {1: 0.050, 2: 0.082, 5: 0.141, 10: 0.193, 20: 0.247, 30: 0.280, 50: 0.321, 100: 0.370}
    rng = np.random.default_rng(5)
    for looks, expected in table.items():
        walk = rng.standard_normal((20_000, looks)).cumsum(axis=1)
        z = np.abs(walk) / np.sqrt(np.arange(1, looks + 1))
        tolerance = 4 * sqrt(expected / 20_000)
        assert (z > 1.96).any(axis=1).mean() == pytest.approx(expected, abs=tolerance)
