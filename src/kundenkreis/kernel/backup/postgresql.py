"""A PostgreSQL database table by table, as `COPY` gives it: needs no program of the server's.

One transaction sees one snapshot. The tables' form is not part of it: migrations make it anew, up to
where they were; indexes that came and went by themselves are told by name.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from psycopg import sql

from kundenkreis.kernel.backup.snapshots import Part, migrations, position
from kundenkreis.kernel.log import Position
from kundenkreis.kernel.sides import Side

PIECE = 8 * 1024 * 1024  # bytes of a part

_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
    SELECT sequencename, last_value FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"


class PostgresqlSnapshot:
    """A transaction that reads only, and always sees the same."""

    def __init__(self, connection: Any, side: Side) -> None:
        self._connection, self._side = connection, side
        self._cursor = connection.cursor()
        self._cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._cursor.execute(_HORIZON)
        (self._horizon,) = self._cursor.fetchone()
        self._counts: dict[str, int] = {}

    def about(self) -> dict[str, Any]:
        return {
            "vendor": "postgresql",
            "migrations": migrations(self._cursor),
            "tables": {name: list(columns) for name, columns in self._all(_COLUMNS)},
            "sequences": dict(self._all(_SEQUENCES)),
            "indexes": sorted(name for name, _made in self._all(_INDEXES)),
        }

    def position(self, reader: str) -> Position:
        return position(self._cursor, reader)

    def sent(self) -> Position:
        self._cursor.execute(
            "SELECT tx, id FROM kernel_outboxmessage ORDER BY tx DESC, id DESC LIMIT 1"
        )
        row = self._cursor.fetchone()
        return Position(*row) if row else Position()

    def holds_until(self, position: Position) -> bool:
        # Whatever began before the horizon has ended, and is in the snapshot.
        return position.tx < int(self._horizon)

    def parts(self) -> Iterator[Part]:
        for table, columns in self._all(_COLUMNS):
            self._counts[table] = 0
            for number, piece in enumerate(self._pieces(table, columns)):
                self._counts[table] += piece.count(b"\n")
                yield Part(
                    f"{self._side}/tables/{table}/{number:06}", io.BytesIO(piece), len(piece)
                )

    def counts(self) -> dict[str, int]:
        return dict(self._counts)

    def _pieces(self, table: str, columns: list[str]) -> Iterator[bytes]:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), names)
        rest = bytearray()
        with self._connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for data in copy:
                rest += data
                if len(rest) >= PIECE:
                    yield bytes(rest)
                    rest.clear()
        if rest:
            yield bytes(rest)

    def _all(self, statement: str) -> list[Any]:
        self._cursor.execute(statement)
        found: list[Any] = self._cursor.fetchall()
        return found


def snapshot(connection: Any, side: Side) -> PostgresqlSnapshot:
    return PostgresqlSnapshot(connection, side)
