"""The short-lived process that loads the statistics library: sums in, report out, as JSON.

    echo '{"control": "control", "arms": {…}}' | python -m kundenkreis.insight.uplift.child

A process of its own, because SciPy would cost every long-lived one a hundred megabytes.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kundenkreis.insight.statistics import (
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
from kundenkreis.kernel.fields import LANGUAGES

OUTCOMES = ("purchases", "revenue")


def report(inputs: dict[str, Any]) -> dict[str, Any]:
    """Analyse purchases and revenue of all variants.

    `inputs`: `control`, `weights`, `exposed` (people per variant, for the sample-ratio check),
    `currency`, `fixed` (the one look that was registered beforehand is due), `labels` (per language the variants' names) and `arms`: per variant the sums of `outcomes.Sums`.
    """
    result = _analyse(inputs, {name: name for name in inputs["arms"]})
    warnings = {}
    for language in LANGUAGES:
        with translation.override(language):
            warnings[language] = list(_analyse(inputs, inputs["labels"][language]).warnings)
    return {
        "outcomes": [
            {"name": name, "variants": [_row(row) for row in outcome.variants]}
            for name, outcome in zip(OUTCOMES, result.outcomes, strict=True)
        ],
        "sample_ratio_p": result.sample_ratio_p,
        "verdict": str(result.verdict),
        "warnings": warnings,
        "earned": {
            row.name: asdict(
                incremental_revenue(
                    row.comparison.effect,
                    row.comparison.fixed if inputs["fixed"] else row.comparison.interval,
                    row.n,
                    inputs["currency"],
                )
            )
            for row in result.outcomes[1].variants
            if row.comparison is not None
        },
        "detectable": _detectable(inputs["control"], inputs["arms"]),
    }


def _analyse(inputs: dict[str, Any], labels: dict[str, str]) -> ExperimentResult:
    """Both outcomes of all variants, named by `labels`, in the active language."""
    arms: dict[str, dict[str, int]] = inputs["arms"]
    purchases = {
        labels[name]: Moments.from_sums(arm["people"], arm["buyers"], arm["buyers"], arm["buyers"])
        for name, arm in arms.items()
    }
    revenue = {
        labels[name]: Moments.from_sums(
            arm["people"], arm["revenue"], arm["revenue_squares"], arm["revenue_people"]
        )
        for name, arm in arms.items()
    }
    return analyse(
        [Outcome(_("Purchases"), purchases), Outcome(_("Revenue"), revenue)],
        labels[inputs["control"]],
        weights={labels[name]: weight for name, weight in inputs["weights"].items()},
        assigned={labels[name]: count for name, count in inputs["exposed"].items()},
        horizon=Horizon.FIXED if inputs["fixed"] else Horizon.ANY_TIME,
    )


def _row(row: VariantResult) -> dict[str, Any]:
    found = row.comparison
    shown: dict[str, Any] = {"name": row.name, "n": row.n, "mean": row.mean}
    if found is None:
        return shown | {"effect": None, "low": None, "high": None, "relative": None, "fixed": None}
    return shown | {
        "effect": found.effect,
        "low": found.interval.low,
        "high": found.interval.high,
        "relative": asdict(found.relative),
        "fixed": {"low": found.fixed.low, "high": found.fixed.high, "p": found.p_value},
        "verdict": str(row.verdict),
    }


def _detectable(control: str, arms: dict[str, dict[str, int]]) -> float | None:
    """The smallest relative effect on purchases that so many people can show."""
    base = arms[control]
    others = [arm["people"] for name, arm in arms.items() if name != control]
    if not base["people"] or not base["buyers"] or not others or not min(others):
        return None
    found = detectable_effect(
        Baseline.share(base["buyers"] / base["people"]), base["people"], min(others)
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
    json.dump(report(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
