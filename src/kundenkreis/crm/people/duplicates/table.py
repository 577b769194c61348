"""The rows in DuckDB: `side` as they are compared, `source` as they were handed over."""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from kundenkreis.crm.people.duplicates.fields import FIELDS, Kind
from kundenkreis.crm.people.duplicates.folding import Chunk, Row, folded
from kundenkreis.crm.people.duplicates.standard import COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 20_000
SHARED_FROM = 4
"""An address that so many differently named people give is not one person's."""


def load(
    database: DuckDBPyConnection, kind: Kind, files: Sequence[Iterable[Row]], threads: int = 1
) -> list[int]:
    """Make both tables; how many rows each file has. Rows are numbered through all files."""
    texts, lists = COLUMNS[kind]
    keys = [field.key for field in FIELDS[kind]]
    columns = [*(f"{name} TEXT" for name in texts), *(f"{name} TEXT[]" for name in lists)]
    database.execute(f"CREATE TABLE side (id BIGINT, file INTEGER, {', '.join(columns)})")
    database.execute(
        "CREATE TABLE source (id BIGINT, file INTEGER, known_as TEXT, truth TEXT,"
        f" {', '.join(f'{key} TEXT' for key in keys)})"
    )
    counts = [0] * len(files)
    for side, source in folded(kind, _chunks(files, counts), threads):
        _insert(database, "side", side)
        _insert(database, "source", source)
    _part_common(database, kind)
    return counts


def _chunks(files: Sequence[Iterable[Row]], counts: list[int]) -> Iterator[Chunk]:
    """The rows of all files in chunks; `counts` says afterwards how many each file has."""
    for file, rows in enumerate(files):
        for rows_of_chunk in batched(rows, CHUNK, strict=False):
            yield Chunk(file, sum(counts), rows_of_chunk)
            counts[file] += len(rows_of_chunk)


def _insert(database: DuckDBPyConnection, table: str, rows: Any) -> None:
    database.register("arrived", rows)
    database.execute(f"INSERT INTO {table} SELECT * FROM arrived")
    database.unregister("arrived")


def _part_common(database: DuckDBPyConnection, kind: Kind) -> None:
    """Move addresses that several differently named ones give into columns of their own."""
    who = "last_code" if kind is Kind.PERSON else "name_code"
    for column, others in (("emails", "role_emails"), ("phones", "NULL"), ("domains", "NULL")):
        if column not in COLUMNS[kind][1]:
            continue
        database.execute(
            f"CREATE TEMP TABLE common AS SELECT entry FROM"
            f" (SELECT unnest({column}) AS entry, {who} AS who FROM side)"
            f" GROUP BY entry HAVING count(DISTINCT who) >= {SHARED_FROM}"
        )
        database.execute(
            f"CREATE TEMP TABLE touched AS SELECT id, list(entry ORDER BY entry) AS entries FROM"
            f" (SELECT id, unnest({column}) AS entry FROM side) SEMI JOIN common USING (entry)"
            " GROUP BY id"
        )
        database.execute(f"ALTER TABLE side ADD COLUMN common_{column} TEXT[]")
        database.execute(f"UPDATE side SET common_{column} = {others} WHERE {others} IS NOT NULL")
        database.execute(
            f"UPDATE side SET common_{column} = list_concat(common_{column}, entries),"
            f" {column} = nullif(list_filter({column}, lambda one: NOT list_contains(entries, one)), [])"
            " FROM touched WHERE side.id = touched.id"
        )
        database.execute("DROP TABLE common; DROP TABLE touched")
