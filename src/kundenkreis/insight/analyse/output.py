"""Print the report of an experiment: as JSON for programs, as text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.insight.statistics.texts import verdict_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kundenkreis.insight.statistics import ExperimentResult, OutcomeResult, VariantResult


def as_json(result: ExperimentResult, notes: Sequence[str]) -> str:
    """Render the agreed shape. Control comes first with empty comparison; `effect`, `low`, `high`
    are absolute and always valid, `fixed` is Welch's. With --prior an outcome also has
    `variance_reduction` (0 to 1).
    """
    document = {
        "outcomes": [_outcome(outcome) for outcome in result.outcomes],
        "sample_ratio_p": result.sample_ratio_p,
        "verdict": result.verdict.value,
        "warnings": [*result.warnings, *notes],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _outcome(outcome: OutcomeResult) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": outcome.name,
        "variants": [_variant(row) for row in outcome.variants],
    }
    if outcome.variance_reduction is not None:
        document["variance_reduction"] = outcome.variance_reduction
    return document


def _variant(row: VariantResult) -> dict[str, Any]:
    found = row.comparison
    ratio = found.relative if found else None
    return {
        "name": row.name,
        "n": row.n,
        "mean": row.mean,
        "effect": found.effect if found else None,
        "low": found.interval.low if found else None,
        "high": found.interval.high if found else None,
        "relative": {
            "effect": ratio.effect if ratio else None,
            "low": ratio.low if ratio else None,
            "high": ratio.high if ratio else None,
        },
        "fixed": {
            "low": found.fixed.low if found else None,
            "high": found.fixed.high if found else None,
            "p": found.p_value if found else None,
        },
    }


def as_text(result: ExperimentResult, notes: Sequence[str], control: str) -> str:
    """Render the report for reading: verdict first, then one table per outcome."""
    lines = [_("Verdict: %(verdict)s") % {"verdict": verdict_text(result.verdict)}]
    if result.sample_ratio_p is not None:
        lines.append(_("Sample-ratio check: p = %(p).4g") % {"p": result.sample_ratio_p})
    for outcome in result.outcomes:
        lines += ["", _heading(outcome, control), *_table(outcome)]
    warnings = [*result.warnings, *notes]
    if warnings:
        lines += ["", _("Please note:"), *(f"- {text}" for text in warnings)]
    return "\n".join(lines) + "\n"


def _heading(outcome: OutcomeResult, control: str) -> str:
    heading = _("%(outcome)s, compared with %(control)s") % {
        "outcome": outcome.name,
        "control": control,
    }
    if outcome.variance_reduction is None:
        return heading
    return heading + _(", adjusted by the earlier value: %(share).1f %% less variance") % {
        "share": 100.0 * outcome.variance_reduction
    }


def _table(outcome: OutcomeResult) -> list[str]:
    head = [
        _("variant"),
        _("people"),
        _("mean"),
        _("effect"),
        _("95 %, at any time"),
        _("relative"),
        _("95 %, at any time"),
        _("95 %, one look"),
        "p",
    ]
    rows = [head, *(_cells(row) for row in outcome.variants)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cells(row: VariantResult) -> list[str]:
    cells = [row.name, str(row.n), _number(row.mean)]
    found = row.comparison
    if found is None:
        return cells + [""] * 6
    ratio = found.relative
    return [
        *cells,
        _number(found.effect, "+"),
        _limits(_number(found.interval.low, "+"), _number(found.interval.high, "+")),
        _percent(ratio.effect),
        _limits(_percent(ratio.low), _percent(ratio.high)),
        _limits(_number(found.fixed.low, "+"), _number(found.fixed.high, "+")),
        _number(found.p_value),
    ]


def _number(value: float | None, sign: str = "") -> str:
    return "–" if value is None else f"{value:{sign}.4g}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100.0 * value:+.1f} %"


def _limits(low: str, high: str) -> str:
    return "–" if low == high == "–" else f"{low} … {high}"
