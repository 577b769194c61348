"""Reading the scored pairs out of DuckDB: with the reasons, and measured against the truth."""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenkreis.crm.people.duplicates.comparing import COMPARISONS, Comparison
from kundenkreis.crm.people.duplicates.fields import Kind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Reason:
    """How one fact agrees. `weight` in bits: one more doubles the odds, below 0 speaks against."""

    field: str
    left: str
    right: str
    agreement: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two rows; `score` is the probability that they are the same."""

    left: str
    right: str
    score: float
    decision: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Truth:
    """What a file's own truth says: how many pairs there are, and how many were found rightly."""

    pairs: int
    same: int
    right: int
    right_or_review: int

    @property
    def precision(self) -> float | None:
        """The part of the pairs called the same that are; None if there is none."""
        return self.right / self.same if self.same else None

    @property
    def recall(self) -> float | None:
        """The part of the true pairs that were called the same; None if there is none."""
        return self.right / self.pairs if self.pairs else None


def read(
    connection: DuckDBPyConnection, kind: Kind, fields: frozenset[str], most: int
) -> list[Pair]:
    """The best pairs with the values that their rows were handed over with."""
    comparisons = COMPARISONS[kind]
    shown = {one.key: [name for name in one.shown if name in fields] for one in comparisons}
    columns = ["l.known_as", "r.known_as", "match_probability", "decision"]
    for one in comparisons:
        values = [
            "concat_ws(' ', "
            + ", ".join(["''", *(f"{side}.{name}" for name in shown[one.key])])
            + ")"
            for side in "lr"
        ]
        frequent = any(level.common for level in one.levels)
        weight = f"mw_{one.key}" + (f" + coalesce(mw_tf_adj_{one.key}, 0)" if frequent else "")
        columns += [f"gamma_{one.key}", weight, *values]
    rows = connection.execute(
        f"SELECT {', '.join(columns)} FROM"
        " (SELECT * FROM decided ORDER BY match_weight DESC, left_id, right_id LIMIT $most) d"
        " JOIN source l ON l.id = d.left_id JOIN source r ON r.id = d.right_id"
        " ORDER BY match_weight DESC, left_id, right_id",
        {"most": most},
    )
    found = []
    while chunk := rows.fetchmany(5_000):
        found += [_pair(row, comparisons) for row in chunk]
    return found


def _pair(row: Sequence[Any], comparisons: Sequence[Comparison]) -> Pair:
    left, right, probability, decision, *facts = row
    reasons = []
    for at, comparison in enumerate(comparisons):
        gamma, weight, one, other = facts[4 * at : 4 * at + 4]
        if gamma >= 0:
            level = comparison.levels[len(comparison.levels) - 1 - gamma]
            reasons.append(
                Reason(comparison.key, one.strip(), other.strip(), level.key, round(weight, 2))
            )
    reasons.sort(key=lambda one: -abs(one.weight))
    return Pair(left, right, round(probability, 6), decision, tuple(reasons))


def truth(connection: DuckDBPyConnection, *, across: bool) -> Truth:
    """Compare the decisions with the column that says who is the same. No truth, no pair."""
    sizes = "count(*) FILTER (file = 0), count(*) FILTER (file = 1), count(*)"
    pairs = "a * b" if across else "n * (n - 1) // 2"
    ((known,),) = connection.execute(
        f"SELECT coalesce(sum({pairs}), 0)::BIGINT FROM (SELECT {sizes} FROM source"
        " WHERE truth IS NOT NULL GROUP BY truth) sizes(a, b, n)"
    ).fetchall()
    (found,) = connection.execute(
        "SELECT count(*) FILTER (decision = 'same'),"
        " count(*) FILTER (decision = 'same' AND l.truth = r.truth),"
        " count(*) FILTER (l.truth = r.truth)"
        " FROM decided JOIN source l ON l.id = left_id JOIN source r ON r.id = right_id"
    ).fetchall()
    return Truth(known, *found)
