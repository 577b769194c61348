"""A whole experiment: several variants against one control group, for one or several outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundenkreis.insight.statistics import texts
from kundenkreis.insight.statistics.compare import ALPHA, Comparison, compare
from kundenkreis.insight.statistics.cuped import adjust
from kundenkreis.insight.statistics.power import Horizon
from kundenkreis.insight.statistics.sample_ratio import MISMATCH_BELOW, sample_ratio_p
from kundenkreis.insight.statistics.verdict import Verdict, overall, verdict_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kundenkreis.insight.statistics.cuped import Estimate
    from kundenkreis.insight.statistics.moments import Moments


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is measured, and each variant's people summed up (the control group included)."""

    name: str
    arms: Mapping[str, Moments]


@dataclass(frozen=True, slots=True)
class VariantResult:
    """One row of the report. `mean` is CUPED-adjusted if an earlier value was used, so that the
    effect is always the difference of two shown means. Control has no comparison and no verdict.
    """

    name: str
    n: int
    mean: float | None
    comparison: Comparison | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """All variants of one outcome, control first, and what CUPED removed of the variance."""

    name: str
    variants: tuple[VariantResult, ...]
    variance_reduction: float | None


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """The report. `verdict` judges the first outcome; the others are for information."""

    outcomes: tuple[OutcomeResult, ...]
    sample_ratio_p: float | None
    verdict: Verdict
    warnings: tuple[str, ...]


def analyse(
    outcomes: Sequence[Outcome],
    control: str,
    *,
    weights: Mapping[str, float] | None = None,
    assigned: Mapping[str, int] | None = None,
    horizon: Horizon = Horizon.ANY_TIME,
) -> ExperimentResult:
    """Compare every variant with `control` for every outcome.

    Parameters: `weights`, the planned shares (equal if not given); `assigned`, how many people
    each variant got, for the sample-ratio check (people of the first outcome if not given);
    `horizon`, FIXED only if the moment of this one look was agreed before the start.

    Intervals are 95 % each. The verdict divides the error by the number of variants (Bonferroni),
    so that five useless variants do not produce a winner.
    """
    people = dict(assigned or {name: arm.n for name, arm in outcomes[0].arms.items()})
    planned = dict(weights or dict.fromkeys(people, 1.0))
    ratio_p = sample_ratio_p(people, planned)
    is_blocked = ratio_p is not None and ratio_p < MISMATCH_BELOW
    warnings = []
    if is_blocked and ratio_p is not None:
        warnings.append(texts.sample_ratio_text(people, planned, ratio_p))

    results = []
    for outcome in outcomes:
        result = _analyse_outcome(outcome, control, horizon, is_blocked=is_blocked)
        results.append(result)
        warnings += _outcome_warnings(result)
    judged = [row.verdict for row in results[0].variants if row.verdict is not None]
    verdict = Verdict.BLOCKED if is_blocked else overall(judged)
    return ExperimentResult(tuple(results), ratio_p, verdict, tuple(warnings))


def _analyse_outcome(
    outcome: Outcome, control: str, horizon: Horizon, *, is_blocked: bool
) -> OutcomeResult:
    adjusted = adjust(outcome.arms)
    base = adjusted.estimates[control]
    names = [name for name in outcome.arms if name != control]
    rows = [VariantResult(control, base.n, _mean(base))]
    for name in names:
        estimate = adjusted.estimates[name]
        comparison = compare(base, estimate)
        strict = compare(base, estimate, ALPHA / len(names)) if len(names) > 1 else comparison
        deciding = strict.fixed if horizon is Horizon.FIXED else strict.interval
        verdict = verdict_of(outcome.arms[control], outcome.arms[name], deciding)
        rows.append(
            VariantResult(
                name,
                estimate.n,
                _mean(estimate),
                comparison if base.n and estimate.n else None,
                Verdict.BLOCKED if is_blocked else verdict,
            )
        )
    return OutcomeResult(outcome.name, tuple(rows), adjusted.variance_reduction)


def _mean(estimate: Estimate) -> float | None:
    return estimate.mean if estimate.n else None


def _outcome_warnings(result: OutcomeResult) -> list[str]:
    """Say openly what could not be calculated or must not be relied on."""
    warnings = []
    for row in result.variants[1:]:
        found = row.comparison
        if row.verdict is Verdict.TOO_FEW:
            warnings.append(texts.too_few_text(result.name, row.name))
        if found is None or found.interval.low is None:
            warnings.append(texts.no_variation_text(result.name, row.name))
        elif found.relative.low is None:
            warnings.append(texts.no_ratio_text(result.name, row.name))
        if row.verdict is Verdict.UNDECIDED and found and found.interval.excludes_zero:
            warnings.append(
                texts.several_variants_text(result.name, row.name, len(result.variants) - 1)
            )
    return warnings
