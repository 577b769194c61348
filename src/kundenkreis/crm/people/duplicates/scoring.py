"""Splink scores the pairs: the shipped weights, the frequencies of this table, our decisions."""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from math import log2
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
MOST_TWINS = 2
"""What a table itself may say of that at most."""
KNOWN_ALREADY = 100
"""As many rows as the shipped frequency of a value counts for beside those of the table."""


PIECE = 1_000_000
"""So many pairs are scored at a time: each needs all facts of two rows at once."""


def prior(counts: Sequence[int], twins: float = TWINS) -> float:
    """How likely any two rows are the same: one row in ten is expected to have a twin."""
    if len(counts) == 1:
        return min(twins * 2 / max(counts[0], 1), 0.5)
    return min(twins / max(*counts, 1), 0.5)


def score(connection: DuckDBPyConnection, kind: Kind, counts: Sequence[int]) -> None:
    """Make the table `decided` from `pair`: weight, ways and decision of all that matter.

    A table in which everybody stands four times has more of them than is expected. How many are the
    same by what is expected says how many there are at least: by that they are decided.
    """
    _score(connection, kind, prior(counts), REVIEW_FROM - _bits(counts, MOST_TWINS))
    ((same,),) = connection.execute(
        f"SELECT count(*) FILTER ({decision(kind)} = 'same') FROM scored"
    ).fetchall()
    more = _bits(counts, min(max(same / max(counts), TWINS), MOST_TWINS))
    connection.execute(
        f"CREATE TABLE decided AS SELECT {decision(kind)} AS decision, * FROM"
        f" (SELECT * REPLACE (match_weight + {more} AS match_weight,"
        f" 1 / (1 + pow(2, -match_weight - {more})) AS match_probability) FROM scored)"
        f" WHERE match_weight >= {REVIEW_FROM}"
    )
    connection.execute("DROP TABLE scored")


def _bits(counts: Sequence[int], twins: float) -> float:
    """How much more a weight is when so many twins are expected instead of what is usual."""
    usual, known = prior(counts), prior(counts, twins)
    return log2(known / (1 - known)) - log2(usual / (1 - usual))


def _score(connection: DuckDBPyConnection, kind: Kind, likely: float, least: float) -> None:
    """Make the table `scored` from `pair`: weight and ways of all above the least weight."""
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
        blocked = splink.register(piece, dataset_display_name=piece)
        _score_piece(connection, kind, linker, blocked, least)
        connection.execute(f"DROP TABLE {piece}")


def _score_piece(
    connection: DuckDBPyConnection, kind: Kind, linker: Linker, piece: SplinkDataFrame, least: float
) -> None:
    """Score some of the pairs and add those that matter to `scored`."""
    linker.table_management.register_blocked_pairs_for_predict(piece)
    scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    kept = (
        "SELECT id_l AS left_id, id_r AS right_id, match_weight, match_probability,"
        " COLUMNS('^(gamma|mw)_.*')"
        f" FROM {scored.physical_name} WHERE NOT ({hidden(kind)})"
    )
    connection.execute(f"CREATE TABLE IF NOT EXISTS scored AS {kept} LIMIT 0")
    connection.execute(f"INSERT INTO scored {kept}")
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
