"""Reading the scored pairs out of DuckDB: with the reasons, and measured against the truth."""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
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
    """What a file's own truth says: how many pairs there are, and how many were found rightly.

    `together` are the pairs of all who become one where those called the same are merged one after
    the other, `together_right` those of them that are the same.
    """

    pairs: int
    same: int
    right: int
    right_or_review: int
    together: int = 0
    together_right: int = 0

    @property
    def precision(self) -> float | None:
        """The part of the pairs called the same that are; None if there is none."""
        return self.right / self.same if self.same else None

    @property
    def recall(self) -> float | None:
        """The part of the true pairs that were called the same; None if there is none."""
        return self.right / self.pairs if self.pairs else None

    @property
    def precision_together(self) -> float | None:
        """The part of the pairs that become one that are; None if there is none."""
        return self.together_right / self.together if self.together else None

    @property
    def recall_together(self) -> float | None:
        """The part of the true pairs that become one; None if there is none."""
        return self.together_right / self.pairs if self.pairs else None


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
    ((same, right, in_all),) = connection.execute(
        "SELECT count(*) FILTER (decision = 'same'),"
        " count(*) FILTER (decision = 'same' AND l.truth = r.truth),"
        " count(*) FILTER (l.truth = r.truth)"
        " FROM decided JOIN source l ON l.id = left_id JOIN source r ON r.id = right_id"
    ).fetchall()
    return Truth(known, same, right, in_all, *_together(connection, across=across))


def _together(connection: DuckDBPyConnection, *, across: bool) -> tuple[int, int]:
    """How many pairs become one when everything called the same is merged, and how many are right."""
    found = connection.execute("SELECT left_id, right_id FROM decided WHERE decision = 'same'")
    head: dict[int, int] = {}

    def head_of(row: int) -> int:
        while (up := head.setdefault(row, row)) != row:
            head[row] = head[up]
            row = up
        return row

    for one, other in found.fetchall():
        head[head_of(one)] = head_of(other)
    facts = connection.execute("SELECT id, file, truth FROM source").fetchall()
    groups: dict[int, Counter[int]] = defaultdict(Counter)
    right: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    for row, file, said in facts:
        if row in head:
            groups[head_of(row)][file] += 1
            if said is not None:
                right[head_of(row), said][file] += 1
    return _pairs(groups.values(), across=across), _pairs(right.values(), across=across)


def _pairs(groups: Iterable[Counter[int]], *, across: bool) -> int:
    if across:
        return sum(one[0] * one[1] for one in groups)
    return sum(one[0] * (one[0] - 1) // 2 for one in groups)
