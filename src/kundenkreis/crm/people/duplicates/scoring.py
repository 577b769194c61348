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
    from splink import Linker
    from splink.internals.splink_dataframe import SplinkDataFrame

TWINS = 0.1
"""How many of the rows are expected to have a twin, before anything is compared."""
KNOWN_ALREADY = 100
"""As many rows as the shipped frequency of a value counts for beside those of the table."""


PIECE = 1_000_000
"""So many pairs are scored at a time: each needs all facts of two rows at once."""


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
    ((pairs,),) = connection.execute("SELECT count(*) FROM pair").fetchall()
    pieces = -(-pairs // PIECE)
    for number in range(pieces):
        piece = f"piece_{number}"  # Splink takes each name once
        connection.execute(
            f"CREATE TABLE {piece} AS SELECT *, '0' AS match_key FROM pair"
            f" WHERE join_key_l % {pieces} = {number}"
        )
        _score_piece(connection, kind, linker, splink.register(piece, dataset_display_name=piece))
        connection.execute(f"DROP TABLE {piece}")


def _score_piece(
    connection: DuckDBPyConnection, kind: Kind, linker: Linker, piece: SplinkDataFrame
) -> None:
    """Score some of the pairs and add those that matter to `decided`."""
    linker.table_management.register_blocked_pairs_for_predict(piece)
    scored = linker.inference.predict(threshold_match_weight=REVIEW_FROM, warning_mode="never")
    decided = (
        f"SELECT id_l AS left_id, id_r AS right_id, {decision(kind)} AS decision,"
        f" * EXCLUDE (id_l, id_r) FROM {scored.physical_name} WHERE NOT ({hidden(kind)})"
    )
    connection.execute(f"CREATE TABLE IF NOT EXISTS decided AS {decided} LIMIT 0")
    connection.execute(f"INSERT INTO decided {decided}")
    scored.drop_table_from_database_and_remove_from_cache()


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
