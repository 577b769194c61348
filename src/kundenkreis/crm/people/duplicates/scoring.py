"""Splink scores the pairs: the shipped weights, the frequencies of this table, our decisions."""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kundenkreis.crm.people.duplicates.comparing import COMPARISONS
from kundenkreis.crm.people.duplicates.deciding import REVIEW_FROM, decision, hidden
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.weights import comparison_settings, shipped

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TWINS = 0.1
"""How many of the rows are expected to have a twin, before anything is compared."""
KNOWN_ALREADY = 100
"""As many rows as the shipped frequency of a value counts for beside those of the table."""


def prior(counts: Sequence[int]) -> float:
    """How likely any two rows are the same: one row in ten is expected to have a twin."""
    if len(counts) == 1:
        return min(TWINS * 2 / max(counts[0], 1), 0.5)
    return min(TWINS / max(*counts, 1), 0.5)


def score(connection: DuckDBPyConnection, kind: Kind, likely: float) -> None:
    """Make the table `decided` from `pair`: weight, ways and decision of all that matter."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    splink = DuckDBAPI(connection)
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": likely,
        "comparisons": comparison_settings(kind),
        "blocking_rules_to_generate_predictions": [],  # the pairs are ours
        "retain_matching_columns": True,  # else it leaves out the ways
        "retain_intermediate_calculation_columns": True,
    }
    rows = splink.register("side", dataset_display_name="side")
    linker = Linker(rows, settings, log_level=logging.ERROR)
    for column, share in _common(kind):
        _count(connection, column, share)
        counted = splink.register(f"frequency_{column}", dataset_display_name=f"of_{column}")
        linker.table_management.register_term_frequency_lookup(counted, column)
    pairs = splink.register("pair", dataset_display_name="pair")
    linker.table_management.register_blocked_pairs_for_predict(pairs)
    scored = linker.inference.predict(threshold_match_weight=REVIEW_FROM, warning_mode="never")
    connection.execute(
        f"CREATE TABLE decided AS SELECT id_l AS left_id, id_r AS right_id,"
        f" {decision(kind)} AS decision, * EXCLUDE (id_l, id_r)"
        f" FROM {scored.physical_name} WHERE NOT ({hidden(kind)})"
    )


def _common(kind: Kind) -> Iterator[tuple[str, float]]:
    """The columns in which frequent values prove less, and how often two of them agree by chance."""
    shares: dict[str, float] = {}
    for comparison in COMPARISONS[kind]:
        for level in comparison.levels:
            if level.common:
                shares.setdefault(level.common, shipped()[kind][comparison.key][level.key][1])
    return iter(shares.items())


def _count(connection: Any, column: str, share: float) -> None:
    """Make the table of a column's frequencies.

    Of a value that only a pair holds nothing is known but what is shipped: the pair itself says
    nothing of how frequent it is, so two rows are taken off.
    """
    connection.execute(
        f"CREATE TABLE frequency_{column} AS SELECT {column},"
        f" (greatest(count(*) - 2, 0) + {KNOWN_ALREADY * share})"
        f" / (sum(count(*)) OVER () + {KNOWN_ALREADY}) AS tf_{column}"
        f" FROM side WHERE {column} IS NOT NULL GROUP BY {column}"
    )
