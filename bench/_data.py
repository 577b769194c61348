"""Rows by the million in the real tables, made by the database itself, the same in every run.

Columns are SQL expressions over the row's number `i`; columns nobody names get what a fresh row
would have. Works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models

HOUR = 3600
DAY = 24 * HOUR


def anything(i: int, salt: int, below: int) -> int:
    """What `Maker.any` gives for row `i`."""
    word = (i * 2654435761 + salt * 2246822519) % 4294967296
    return (word % 65536) * (word // 65536 + salt * 977) // 8 * 48271 % 2147483647 % below


class Maker:
    """Fills tables of one database."""

    def __init__(self, alias: str, now: int) -> None:
        self.connection = connections[alias]
        self.sqlite = self.connection.vendor == "sqlite"
        self.now = now

    def any(self, salt: int, below: int) -> str:
        """A number from 0 that looks random; the same for the same row and salt."""
        word = f"((i * 2654435761 + {salt * 2246822519}) % 4294967296)"
        mixed = f"({word} % 65536) * ({word} / 65536 + {salt * 977})"
        return f"({mixed} / 8 * 48271 % 2147483647 % {below})"

    def pick(self, salt: int, words: str) -> str:
        """One of the words, at random."""
        listed = words.split()
        number, width = self.any(salt, len(listed)), max(map(len, listed))
        packed = "".join(word.ljust(width) for word in listed)
        return f"trim(substr('{packed}', CAST({number} AS integer) * {width} + 1, {width}))"

    def instant(self, seconds: str) -> str:
        """An instant that many seconds before now."""
        if self.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S', {self.now} - ({seconds}), 'unixepoch')"
        return f"to_timestamp({self.now} - ({seconds}))"

    def day(self, days: str) -> str:
        """A date that many days before today."""
        instant = self.instant(f"({days}) * {DAY}")
        return f"date({instant})" if self.sqlite else f"({instant})::date"

    def json(self, text: str) -> str:
        return text if self.sqlite else f"({text})::jsonb"

    def fill(self, model: type[models.Model], count: int, **columns: str) -> None:
        """Add rows 1…count to a table, its indexes included."""
        fields = {field.attname: field for field in model._meta.local_concrete_fields}
        values = (
            {name: self._fresh(field) for name, field in fields.items()} | {"id": "i"} | columns
        )
        chosen = {name: value for name, value in values.items() if value and name in fields}
        quote = self.connection.ops.quote_name
        table = quote(model._meta.db_table)
        names = ", ".join(quote(fields[name].column or "") for name in chosen)
        sql = (
            f"INSERT INTO {table} ({names}) WITH RECURSIVE n(i) AS "  # noqa: S608 - our own words
            f"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            f"SELECT {', '.join(chosen.values())} FROM n"
        )
        with self._without_indexes(model._meta.db_table), self.connection.cursor() as cursor:
            cursor.execute(sql.replace("%", "%%"), ())
            if not self.sqlite and "id" in chosen:
                place = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
                cursor.execute(f"SELECT setval({place}, max(id)) FROM {table}")  # noqa: S608
                cursor.execute(f"ANALYZE {table}")  # what autovacuum does within a minute

    @contextmanager
    def quickly(self) -> Iterator[None]:
        """Write without care for a power cut; afterwards the product's own settings hold again."""
        if not self.sqlite:
            yield
            return
        with self.connection.cursor() as cursor:
            for name in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF"):
                cursor.execute(f"PRAGMA {name}")
            cursor.execute("PRAGMA cache_size=-1000000")
            try:
                yield
            finally:
                cursor.execute("PRAGMA journal_mode=WAL")
        self.connection.close()

    @contextmanager
    def _without_indexes(self, table: str) -> Iterator[None]:
        """Drop the plain indexes and build them at the end: several times faster on SQLite."""
        found: list[tuple[str, str]] = []
        with self.connection.cursor() as cursor:
            if self.sqlite:
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master "
                    "WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                    [table],
                )
                found = list(cursor.fetchall())
            for name, _ in found:
                cursor.execute(f'DROP INDEX "{name}"')
            yield
            for _, sql in found:
                cursor.execute(sql)

    def _fresh(self, field: models.Field[Any, Any]) -> str:
        """What a new row has in this column; empty when the database fills it in."""
        if field.primary_key:
            return "i"
        if field.has_db_default():
            return ""
        if field.null:
            return "NULL"
        if isinstance(field, models.DateTimeField):
            return self.instant("0")
        if isinstance(field, models.JSONField):
            return self.json("'[]'" if field.default is list else "'{}'")
        if isinstance(field, models.BooleanField):
            return "TRUE" if field.default is True else "FALSE"
        if isinstance(field, models.IntegerField):
            return str(field.default if isinstance(field.default, int) else 0)
        return f"'{field.default}'" if isinstance(field.default, str) else "''"
