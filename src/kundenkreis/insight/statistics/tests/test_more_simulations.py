"""Simulations of what builds on the intervals: CUPED, several variants, power, sample ratio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kundenkreis.insight.statistics import (
    MISMATCH_BELOW,
    Baseline,
    Horizon,
    Moments,
    Outcome,
    Verdict,
    analyse,
    required_per_arm,
    sample_ratio_p,
)
from kundenkreis.insight.statistics.compare import compare
from kundenkreis.insight.statistics.cuped import adjust
from kundenkreis.insight.statistics.relative import fieller
from kundenkreis.insight.statistics.tests.simulated import covers, purchases

pytestmark = pytest.mark.simulation


def test_cuped_covers_absolute_and_relative_effects() -> None:
    """Skewed spending, correlated with the year before; the offer triples it."""
    rng = np.random.default_rng(31)
    runs, people = 2_000, 400
    before = rng.exponential(10, (runs, 2, people))
    during = 0.6 * before + rng.exponential(4, (runs, 2, people))
    during[:, 1] *= 2 + 2 * (rng.random((runs, people)) < 0.5)
    fixed, relative, any_time, ignoring = [], [], [], []
    for run in range(runs):
        arms = {
            name: Moments.of(during[run, arm], before[run, arm])
            for arm, name in enumerate(("control", "variant"))
        }
        control, variant = adjust(arms).estimates.values()
        found = compare(control, variant)
        fixed.append(covers(found.fixed.low, 20.0, found.fixed.high))
        relative.append(covers(found.fixed_relative.low, 2.0, found.fixed_relative.high))
        any_time.append(covers(found.relative.low, 2.0, found.relative.high))
        alone = [replace(one, level=0.0, tie=0.0) for one in (control, variant)]
        cut = fieller(alone[0], alone[1], 1.963)
        ignoring.append(covers(cut.low, 2.0, cut.high))

    assert 0.94 <= sum(fixed) / runs <= 0.96
    assert 0.94 <= sum(relative) / runs <= 0.96
    assert sum(any_time) / runs >= 0.95
    assert sum(ignoring) / runs > 0.97, "control: without the shared level the ratio is off"


def test_three_useless_variants_are_called_in_at_most_five_percent_of_runs() -> None:
    rng = np.random.default_rng(32)
    runs = 2_000
    groups = [purchases(rng, 0.1, runs=runs, looks=1, step=2_000) for _ in range(4)]
    called = called_singly = 0
    for run in range(runs):
        arms = {str(at): group.moments(run, 0) for at, group in enumerate(groups)}
        result = analyse([Outcome("bought", arms)], "0", horizon=Horizon.FIXED)
        called += result.verdict in (Verdict.POSITIVE, Verdict.NEGATIVE)
        called_singly += any(
            row.comparison is not None and row.comparison.fixed.excludes_zero
            for row in result.outcomes[0].variants
        )

    assert called / runs <= 0.05
    assert called_singly / runs > 0.09, "control: three intervals of 95 % each"


@pytest.mark.parametrize("horizon", list(Horizon))
def test_the_people_asked_for_find_the_effect_in_four_of_five_experiments(
    horizon: Horizon,
) -> None:
    people = required_per_arm(Baseline.share(0.1), 0.2, horizon=horizon)
    assert people is not None
    rng = np.random.default_rng(33)
    control = purchases(rng, 0.1, runs=1_000, looks=1, step=people)
    variant = purchases(rng, 0.12, runs=1_000, looks=1, step=people)
    found = 0
    for run in range(1_000):
        arms = {"control": control.moments(run, 0), "offer": variant.moments(run, 0)}
        result = analyse([Outcome("bought", arms)], "control", horizon=horizon)
        found += result.verdict is Verdict.POSITIVE

    assert 0.77 <= found / 1_000 <= 0.83


def test_a_sound_split_is_blocked_in_one_of_a_hundred_experiments() -> None:
    rng = np.random.default_rng(34)
    blocked = 0
    for heads in rng.binomial(10_000, 0.5, 5_000):
        p = sample_ratio_p({"a": int(heads), "b": 10_000 - int(heads)}, {"a": 1.0, "b": 1.0})
        blocked += p is not None and p < MISMATCH_BELOW

    assert 0.006 <= blocked / 5_000 <= 0.014
