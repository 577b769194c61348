"""The shipped weights: how often each way to agree occurs among twins (m) and among strangers (u).

`weights.json` is made by `python -m tools.weights`, from the data it names; nothing in it is set
by hand. The model is that of I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage",
Journal of the American Statistical Association 64 (1969), 1183-1210: the weight of one way is
log2(m / u), and the weights of all facts add up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kundenkreis.crm.people.duplicates.comparing import COMPARISONS, Comparison, Level
from kundenkreis.crm.people.duplicates.fields import Kind

FILE = Path(__file__).with_name("weights.json")
RAREST = 0.0001
"""A value as rare as this proves as much as any: a name that a file holds twice may be frequent."""

Share = tuple[float, float]


@cache
def shipped() -> Mapping[str, Mapping[str, Mapping[str, Share]]]:
    """Kind → comparison → level → (m, u)."""
    data: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return {kind: data[kind] for kind in Kind}


def comparison_settings(kind: Kind) -> list[dict[str, Any]]:
    """The comparisons as Splink takes them, with the shipped weights."""
    return [_comparison(one, shipped()[kind][one.key]) for one in COMPARISONS[kind]]


def _comparison(comparison: Comparison, weights: Mapping[str, Share]) -> dict[str, Any]:
    silent = {
        "sql_condition": comparison.silent,
        "label_for_charts": "silent",
        "is_null_level": True,
    }
    levels = [_level(level, weights[level.key]) for level in comparison.levels]
    return {"output_column_name": comparison.key, "comparison_levels": [silent, *levels]}


def _level(level: Level, share: Share) -> dict[str, Any]:
    made: dict[str, Any] = {
        "sql_condition": level.condition,
        "label_for_charts": level.key,
        "m_probability": share[0],
        "u_probability": share[1],
    }
    if level.common:
        made |= {
            "tf_adjustment_column": level.common,
            "tf_adjustment_weight": 1.0,
            "tf_minimum_u_value": RAREST,
            "disable_tf_exact_match_detection": True,
        }
    return made
