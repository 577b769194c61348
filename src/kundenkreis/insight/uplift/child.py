"""The short-lived process that loads the statistics library: sums in, report out, as JSON.

    echo '{"control": "control", "arms": {…}}' | python -m kundenkreis.insight.uplift.child

A process of its own, because SciPy would cost every long-lived one a hundred megabytes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils import translation

from kundenkreis.insight.statistics import (
    Baseline,
    Horizon,
    Moments,
    Outcome,
    VariantResult,
    analyse,
    detectable_effect,
    incremental_revenue,
)
from kundenkreis.kernel.fields import LANGUAGES


def report(inputs: dict[str, Any]) -> dict[str, Any]:
    """Analyse purchases and revenue of all variants.

    `inputs`: `control`, `weights`, `assigned`, `currency`, `horizon` (people per group or None)
    and `arms`: per variant the sums of `outcomes.Sums`.
    """
    arms: dict[str, dict[str, int]] = inputs["arms"]
    purchases = Outcome(
        "purchases",
        {
            name: Moments.from_sums(arm["people"], arm["buyers"], arm["buyers"], arm["buyers"])
            for name, arm in arms.items()
        },
    )
    revenue = Outcome(
        "revenue",
        {
            name: Moments.from_sums(
                arm["people"], arm["revenue"], arm["revenue_squares"], arm["revenue_people"]
            )
            for name, arm in arms.items()
        },
    )
    warnings = {}
    for language in LANGUAGES:
        with translation.override(language):
            result = analyse(
                [purchases, revenue],
                inputs["control"],
                weights=inputs["weights"],
                horizon=Horizon.FIXED if _is_due(inputs) else Horizon.ANY_TIME,
            )
        warnings[language] = list(result.warnings)
    return {
        "outcomes": [
            {"name": outcome.name, "variants": [_row(row) for row in outcome.variants]}
            for outcome in result.outcomes
        ],
        "sample_ratio_p": result.sample_ratio_p,
        "verdict": str(result.verdict),
        "warnings": warnings,
        "earned": {
            row.name: asdict(
                incremental_revenue(
                    row.comparison.effect, row.comparison.interval, row.n, inputs["currency"]
                )
            )
            for row in result.outcomes[1].variants
            if row.comparison is not None
        },
        "detectable": _detectable(inputs["control"], arms),
    }


def _is_due(inputs: dict[str, Any]) -> bool:
    """The fixed horizon counts only when it was registered, and only once it is reached."""
    planned = inputs.get("horizon")
    return bool(planned) and all(arm["people"] >= planned for arm in inputs["arms"].values())


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
    locale = Path(__file__).resolve().parents[2] / "locale"
    languages = [(code, code) for code in LANGUAGES]
    settings.configure(USE_I18N=True, LANGUAGES=languages, LOCALE_PATHS=[locale])
    django.setup()
    json.dump(report(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
