"""The short-lived process that loads the statistics library: sums in, report out, as JSON.

    echo '{"control": "control", "arms": {…}}' | python -m kundenkreis.insight.uplift.child

A process of its own, because SciPy would cost every long-lived one a hundred megabytes.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kundenkreis.insight.statistics import (
    ALPHA,
    Baseline,
    ExperimentResult,
    Horizon,
    Moments,
    Outcome,
    VariantResult,
    analyse,
    detectable_effect,
    incremental_revenue,
)
from kundenkreis.insight.uplift.calculation import SECONDS
from kundenkreis.insight.uplift.report import FixedLook, Found, Given, OutcomeRows, Row
from kundenkreis.kernel.fields import LANGUAGES

OUTCOMES = ("purchases", "revenue")


def report(given: Given) -> Found:
    """Analyse purchases and revenue of all variants."""
    result = _analyse(given, {name: name for name in given.arms})
    warnings = {}
    for language in LANGUAGES:
        with translation.override(language):
            warnings[language] = list(_analyse(given, given.labels[language]).warnings)
    return Found(
        outcomes=tuple(
            OutcomeRows(name, tuple(_row(row) for row in outcome.variants))
            for name, outcome in zip(OUTCOMES, result.outcomes, strict=True)
        ),
        sample_ratio_p=result.sample_ratio_p,
        verdict=result.verdict,
        warnings=warnings,
        earned={
            row.name: incremental_revenue(
                row.comparison.effect,
                row.comparison.fixed if given.fixed else row.comparison.interval,
                row.n,
                given.currency,
            )
            for row in result.outcomes[1].variants
            if row.comparison is not None
        },
        detectable=_detectable(given),
    )


def _analyse(given: Given, labels: Mapping[str, str]) -> ExperimentResult:
    """Both outcomes of all variants, named by `labels`, in the active language."""
    purchases = {
        labels[name]: Moments.from_sums(arm.people, arm.buyers, arm.buyers, arm.buyers)
        for name, arm in given.arms.items()
    }
    revenue = {
        labels[name]: Moments.from_sums(
            arm.people, arm.revenue, arm.revenue_squares, arm.revenue_people
        )
        for name, arm in given.arms.items()
    }
    return analyse(
        [Outcome(_("Purchases"), purchases), Outcome(_("Revenue"), revenue)],
        labels[given.control],
        weights={labels[name]: weight for name, weight in given.weights.items()},
        assigned={labels[name]: count for name, count in given.exposed.items()},
        horizon=Horizon.FIXED if given.fixed else Horizon.ANY_TIME,
    )


def _row(row: VariantResult) -> Row:
    found = row.comparison
    if found is None:
        return Row(row.name, row.n, row.mean)
    return Row(
        row.name,
        row.n,
        row.mean,
        effect=found.effect,
        low=found.interval.low,
        high=found.interval.high,
        relative=found.relative,
        fixed=FixedLook(found.fixed.low, found.fixed.high, found.p_value, found.fixed_relative),
        verdict=row.verdict,
    )


def _detectable(given: Given) -> float | None:
    """The smallest relative effect on purchases that the smallest group can show.

    By the interval that decides: of the one look if it is due, and with every variant taking its
    part of the allowed error.
    """
    base = given.arms[given.control]
    others = [arm.people for name, arm in given.arms.items() if name != given.control]
    if not base.people or not base.buyers or not others or not min(others):
        return None
    found = detectable_effect(
        Baseline.share(base.buyers / base.people),
        base.people,
        min(others),
        horizon=Horizon.FIXED if given.fixed else Horizon.ANY_TIME,
        alpha=ALPHA / len(others),
    )
    return found.relative if found else None


def main() -> None:
    """Settings for words only: this process knows no database."""
    # The one who started it may be gone without a word.
    signal.alarm(SECONDS)
    locale = Path(__file__).resolve().parents[2] / "locale"
    languages = [(code, code) for code in LANGUAGES]
    settings.configure(USE_I18N=True, LANGUAGES=languages, LOCALE_PATHS=[locale])
    django.setup()
    json.dump(asdict(report(Given.read(json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
