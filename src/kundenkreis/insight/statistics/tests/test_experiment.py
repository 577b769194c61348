from __future__ import annotations

import subprocess
import sys

import pytest

from kundenkreis.insight.statistics import (
    Baseline,
    Horizon,
    Interval,
    Moments,
    Outcome,
    Verdict,
    analyse,
    detectable_effect,
    incremental_revenue,
    required_per_arm,
    sample_ratio_p,
    verdict_text,
)
from kundenkreis.insight.statistics.verdict import overall


def share(successes: int, n: int) -> Moments:
    return Moments.from_sums(n, successes, successes, successes)


def verdict_on(control: Moments, variant: Moments, horizon: Horizon = Horizon.ANY_TIME) -> Verdict:
    arms = {"control": control, "offer": variant}
    return analyse([Outcome("bought", arms)], "control", horizon=horizon).verdict


@pytest.mark.parametrize(
    ("control", "variant", "expected"),
    [
        (share(100, 1_000), share(180, 1_000), Verdict.POSITIVE),
        (share(180, 1_000), share(100, 1_000), Verdict.NEGATIVE),
        (share(100, 1_000), share(104, 1_000), Verdict.UNDECIDED),
        (share(10, 99), share(60, 99), Verdict.TOO_FEW),
        (share(15, 1_000), share(34, 1_000), Verdict.TOO_FEW),
        (share(0, 1_000), share(50, 1_000), Verdict.POSITIVE),
        (share(990, 1_000), share(996, 1_000), Verdict.TOO_FEW),
        (share(0, 10_000), share(0, 10_000), Verdict.TOO_FEW),
        (share(1_000, 10_000), share(1_300, 10_300), Verdict.POSITIVE),
        (share(1_000, 10_000), share(1_400, 11_000), Verdict.BLOCKED),
    ],
)
def test_it_says_one_word(control: Moments, variant: Moments, expected: Verdict) -> None:
    assert verdict_on(control, variant) is expected


def test_the_fixed_horizon_decides_earlier_where_it_was_agreed() -> None:
    control, variant = share(100, 1_000), share(135, 1_000)

    assert verdict_on(control, variant) is Verdict.UNDECIDED
    assert verdict_on(control, variant, Horizon.FIXED) is Verdict.POSITIVE


def test_it_blocks_every_verdict_but_prints_the_figures_when_the_groups_are_wrong() -> None:
    arms = {"gate_30": share(8_502, 44_700), "gate_40": share(8_279, 45_489)}
    result = analyse([Outcome("retention", arms)], "gate_30")
    row = result.outcomes[0].variants[1]

    assert result.sample_ratio_p == pytest.approx(0.0086, abs=1e-4)
    assert result.verdict is row.verdict is Verdict.BLOCKED
    assert row.comparison is not None
    assert row.comparison.interval.low is not None
    assert "44700" in result.warnings[0]
    fair = analyse([Outcome("x", arms)], "gate_30", weights={"gate_30": 44_700, "gate_40": 45_489})
    assert fair.verdict is not Verdict.BLOCKED
    assert fair.sample_ratio_p == 1


def test_the_check_counts_assigned_people_even_those_without_a_value() -> None:
    arms = {"control": share(100, 1_000), "offer": share(100, 800)}
    even = {"control": 1_000, "offer": 1_000}

    assert analyse([Outcome("bought", arms)], "control", assigned=even).sample_ratio_p == 1
    assert analyse([Outcome("bought", arms)], "control").verdict is Verdict.BLOCKED


def test_control_comes_first_and_the_first_outcome_decides() -> None:
    bought = {"b": share(180, 1_000), "a": share(175, 1_000), "control": share(100, 1_000)}
    visits = {"b": share(400, 1_000), "a": share(400, 1_000), "control": share(401, 1_000)}
    result = analyse([Outcome("visits", visits), Outcome("bought", bought)], "control")

    assert [row.name for row in result.outcomes[1].variants] == ["control", "b", "a"]
    assert result.verdict is Verdict.UNDECIDED
    assert result.outcomes[1].variants[1].verdict is Verdict.POSITIVE
    assert result.outcomes[1].variants[0].comparison is None


def test_more_variants_need_a_clearer_effect() -> None:
    control, good = share(1_000, 10_000), share(1_140, 10_000)
    others = {str(at): share(1_000, 10_000) for at in range(5)}
    alone = analyse([Outcome("bought", {"control": control, "good": good})], "control")
    among = analyse([Outcome("bought", {"control": control, "good": good, **others})], "control")
    row = among.outcomes[0].variants[1]

    assert alone.verdict is Verdict.POSITIVE
    assert among.verdict is Verdict.UNDECIDED
    assert row.comparison == alone.outcomes[0].variants[1].comparison
    assert any("6" in text and "good" in text for text in among.warnings)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([Verdict.NEGATIVE, Verdict.POSITIVE], Verdict.POSITIVE),
        ([Verdict.NEGATIVE, Verdict.UNDECIDED], Verdict.NEGATIVE),
        ([Verdict.TOO_FEW, Verdict.UNDECIDED], Verdict.UNDECIDED),
        ([Verdict.TOO_FEW], Verdict.TOO_FEW),
        ([], Verdict.TOO_FEW),
    ],
)
def test_it_joins_the_verdicts_on_several_variants(
    verdicts: list[Verdict], expected: Verdict
) -> None:
    assert overall(verdicts) is expected


def test_it_says_openly_what_it_cannot_calculate() -> None:
    empty = analyse(
        [Outcome("bought", {"control": share(0, 200), "offer": share(0, 200)})], "control"
    )
    no_base = analyse(
        [Outcome("bought", {"control": share(0, 900), "offer": share(90, 900)})], "control"
    )
    nobody = analyse(
        [Outcome("x", {"control": share(9, 90), "offer": Moments.nobody()})], "control"
    )

    assert len(empty.warnings) == 2
    assert len(no_base.warnings) == 1
    assert nobody.outcomes[0].variants[1].mean is None
    assert nobody.outcomes[0].variants[1].comparison is None


def test_every_verdict_has_a_text_of_its_own() -> None:
    assert len({verdict_text(verdict) for verdict in Verdict}) == len(Verdict)


def test_it_reports_what_cuped_removed_and_shows_adjusted_means() -> None:
    before = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0] * 40
    arms = {
        "control": Moments.of([2 * x + at % 2 for at, x in enumerate(before)], before),
        "offer": Moments.of(
            [2 * x + 1 + at % 2 for at, x in enumerate(before)], [x + 1 for x in before]
        ),
    }
    result = analyse([Outcome("spent", arms)], "control").outcomes[0]
    control, offer = result.variants

    assert result.variance_reduction == pytest.approx(0.98, abs=0.01)
    assert offer.comparison is not None
    assert control.mean is not None
    assert offer.mean == pytest.approx(control.mean + offer.comparison.effect)
    assert offer.comparison.effect == pytest.approx(-1, abs=0.1), "the head start is taken out"


def test_an_earlier_value_that_never_differs_changes_nothing() -> None:
    arms = {"control": Moments.of([1, 2, 3], [5, 5, 5]), "offer": Moments.of([2, 3, 5], [5, 5, 5])}
    result = analyse([Outcome("spent", arms)], "control").outcomes[0]

    assert result.variance_reduction == 0
    assert result.variants[0].mean == 2


def test_extra_revenue_is_rounded_outwards() -> None:
    found = incremental_revenue(12.345, Interval(-1.001, 25.5001), 1_000, "EUR")

    assert (found.amount_minor, found.low_minor, found.high_minor) == (12_345, -1_001, 25_501)
    assert found.currency == "EUR"
    assert incremental_revenue(1.0, Interval(None, None), 10, "CHF").low_minor is None


def test_it_says_before_the_start_what_can_be_detected() -> None:
    base = Baseline.share(0.1)
    fixed = detectable_effect(base, 10_000, 10_000, horizon=Horizon.FIXED)
    any_time = detectable_effect(base, 10_000, 10_000)

    assert fixed is not None
    assert fixed.relative == pytest.approx(0.122, abs=0.001)
    assert any_time is not None
    assert any_time.relative == pytest.approx(0.175, abs=0.001)
    assert any_time.absolute == pytest.approx(0.0175, abs=0.0001)
    assert detectable_effect(base, 10, 10) is None
    money = detectable_effect(Baseline(500.0, 4_000.0**2), 2_000, 2_000)
    assert money is not None
    assert money.absolute == pytest.approx(4_000 * (2 / 2_000) ** 0.5 * (3.0405 + 0.8416), rel=1e-4)


def test_the_people_needed_and_the_effect_detected_agree() -> None:
    for horizon in Horizon:
        people = required_per_arm(Baseline.share(0.05), 0.3, horizon=horizon)
        assert people is not None
        at = detectable_effect(Baseline.share(0.05), people, people, horizon=horizon)
        below = detectable_effect(Baseline.share(0.05), people - 1, people - 1, horizon=horizon)
        assert at is not None
        assert below is not None
        assert at.absolute <= 0.015 < below.absolute


def test_the_people_needed_match_the_textbook() -> None:
    """1.96 + 0.8416 squared, times both variances, divided by the squared effect."""
    expected = (1.959964 + 0.841621) ** 2 * (0.1 * 0.9 + 0.12 * 0.88) / 0.02**2

    assert required_per_arm(Baseline.share(0.1), 0.2, horizon=Horizon.FIXED) == int(expected) + 1


def test_no_number_of_people_finds_no_effect_or_an_impossible_one() -> None:
    assert required_per_arm(Baseline.share(0.1), 0.0) is None
    assert required_per_arm(Baseline.share(0.6), 0.8) is None


def test_the_sample_ratio_needs_two_groups_with_people() -> None:
    assert sample_ratio_p({"a": 5}, {"a": 1.0}) is None
    assert sample_ratio_p({"a": 0, "b": 0}, {"a": 1.0, "b": 1.0}) is None
    assert sample_ratio_p({"a": 0, "b": 100}, {"a": 1.0, "b": 1.0}) == pytest.approx(0, abs=1e-9)


def test_importing_the_engine_loads_neither_numpy_nor_scipy() -> None:
    code = (
        "import sys, kundenkreis.insight.statistics, kundenkreis.insight.analyse;"
        "assert not {'numpy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
