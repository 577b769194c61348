"""The rows in DuckDB: `side` as they are compared, `source` as they were handed over."""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from kundenkreis.crm.people.duplicates.fields import FIELDS, Kind
from kundenkreis.crm.people.duplicates.standard import COLUMNS, Values, standard

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 20_000
SHARED_FROM = 4
"""An address that so many differently named people give is not one person's."""


class Row(NamedTuple):
    """One person or organisation: how they are known, whom they truly are, and their fields."""

    id: str
    values: Values
    truth: str = ""


def load(database: DuckDBPyConnection, kind: Kind, files: Sequence[Iterable[Row]]) -> list[int]:
    """Make both tables; how many rows each file has. Rows are numbered through all files."""
    texts, lists = COLUMNS[kind]
    keys = [field.key for field in FIELDS[kind]]
    columns = [*(f"{name} TEXT" for name in texts), *(f"{name} TEXT[]" for name in lists)]
    database.execute(f"CREATE TABLE side (id BIGINT, file INTEGER, {', '.join(columns)})")
    database.execute(
        "CREATE TABLE source (id BIGINT, file INTEGER, known_as TEXT, truth TEXT,"
        f" {', '.join(f'{key} TEXT' for key in keys)})"
    )
    counts, number = [], 0
    for file, rows in enumerate(files):
        begun = number
        for chunk in batched(rows, CHUNK):
            _append(database, kind, file, number, chunk)
            number += len(chunk)
        counts.append(number - begun)
    _part_common(database, kind)
    return counts


def _append(
    database: DuckDBPyConnection, kind: Kind, file: int, number: int, rows: Sequence[Row]
) -> None:
    import pyarrow as pa

    texts, lists = COLUMNS[kind]
    make = standard(kind)
    types = [pa.string()] * len(texts) + [pa.list_(pa.string())] * len(lists)
    made = zip(*(make(row.values) for row in rows), strict=True)
    columns: dict[str, Any] = {
        name: pa.array(cells, type_)
        for name, cells, type_ in zip((*texts, *lists), made, types, strict=True)
    }
    numbers = pa.array(range(number, number + len(rows)), pa.int64())
    files = pa.array([file] * len(rows), pa.int32())
    _insert(database, "side", pa.table({"id": numbers, "file": files, **columns}))
    known = set[str]().union(*(row.values for row in rows))
    given = {
        field.key: [_text(row.values.get(field.key)) for row in rows]
        if field.key in known
        else [None] * len(rows)
        for field in FIELDS[kind]
    }
    named = {"known_as": [row.id for row in rows], "truth": [row.truth or None for row in rows]}
    facts = {key: pa.array(cells, pa.string()) for key, cells in (named | given).items()}
    _insert(database, "source", pa.table({"id": numbers, "file": files, **facts}))


def _text(given: Sequence[str] | None) -> str | None:
    if not given:
        return None
    return (given[0] if len(given) == 1 else ", ".join(filter(None, given))) or None


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
