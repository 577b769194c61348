"""Set-based writes of plain rows, for append-only and derived data that is not audited.

What an ORM object costs per row is several times what the database needs; the collector writes ten
thousand rows a second through here. Rows are tuples in the order of `columns` (attribute names of
the model's fields). Texts must be in normal form already; a `str` for a JSON column is JSON text.
All functions need a unit of work in progress.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models
from django.db.models import Field, Model

from kundenkreis.kernel.transactions import current

Row = Sequence[Any]
_PARAMETERS = 30_000  # SQLite takes 32,766 in one statement


def insert(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    ignore: bool = False,
    returning: str = "",
) -> list[Any]:
    """Insert rows; with `ignore`, leave out those that break a unique constraint.

    Returns the `returning` column of what was inserted, in order, if it names one.
    """
    if not rows:
        return []
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    return _Table(model).insert(columns, rows, tail, returning)


def upsert(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str],
    add: Sequence[str] = (),
) -> None:
    """Insert rows; where `key` exists, set the other columns, or add to those named in `add`."""
    if not rows:
        return
    table = _Table(model)
    quoted = table.quoted
    changes = [
        f"{quoted(name)} = {table.name}.{quoted(name)} + excluded.{quoted(name)}"
        if name in add
        else f"{quoted(name)} = excluded.{quoted(name)}"
        for name in columns
        if name not in key
    ]
    target = ", ".join(quoted(name) for name in key)
    table.insert(columns, rows, f" ON CONFLICT ({target}) DO UPDATE SET {', '.join(changes)}")


def update(model: type[Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set columns of existing rows; the first column is the primary key."""
    if rows:
        _Table(model).update(columns, rows)


class _Table:
    """A model's table on the side of the unit of work in progress."""

    def __init__(self, model: type[Model]) -> None:
        self.connection = connections[current().side.alias]
        self.postgresql = self.connection.vendor == "postgresql"
        self._quote = self.connection.ops.quote_name
        self.name = self._quote(model._meta.db_table)
        self._fields: dict[str, Field[Any, Any]] = {
            field.attname: field for field in model._meta.concrete_fields
        }

    def quoted(self, name: str) -> str:
        return self._quote(self._fields[name].column or name)

    def insert(
        self, columns: Sequence[str], rows: Sequence[Row], tail: str, returning: str = ""
    ) -> list[Any]:
        into = f"INSERT INTO {self.name} ({', '.join(map(self.quoted, columns))}) "
        if returning:
            tail += f" RETURNING {self.quoted(returning)}"
        places = f"({', '.join(['%s'] * len(columns))})"
        found: list[Any] = []
        with self.connection.cursor() as cursor:
            if self.postgresql:
                sql = f"{into}SELECT * FROM {self._unnest(columns)}{tail}"  # noqa: S608
                cursor.execute(sql, self._arrays(columns, rows))
                found += cursor.fetchall() if returning else []
            elif returning:
                for part in _parts(rows, len(columns)):
                    sql = f"{into}VALUES {', '.join([places] * len(part))}{tail}"
                    values = [value for row in self._prepared(columns, part) for value in row]
                    found += cursor.execute(sql, values).fetchall()
            else:
                sql = f"{into}VALUES {places}{tail}"
                cursor.executemany(sql, self._prepared(columns, rows))
        return [value for (value,) in found]

    def update(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        key, *others = map(self.quoted, columns)
        with self.connection.cursor() as cursor:
            if self.postgresql:
                changes = ", ".join(f"{name} = new.{name}" for name in others)
                names = ", ".join([key, *others])
                cursor.execute(
                    f"UPDATE {self.name} SET {changes} FROM {self._unnest(columns)} "  # noqa: S608
                    f"AS new ({names}) WHERE {self.name}.{key} = new.{key}",
                    self._arrays(columns, rows),
                )
            else:
                changes = ", ".join(f"{name} = %s" for name in others)
                sql = f"UPDATE {self.name} SET {changes} WHERE {key} = %s"  # noqa: S608
                cursor.executemany(
                    sql, [[*row[1:], row[0]] for row in self._prepared(columns, rows)]
                )

    def _unnest(self, columns: Sequence[str]) -> str:
        # One array per column and no length in its type: a cast to varchar(5) would cut silently.
        types = (self._fields[name].db_type(self.connection) or "" for name in columns)
        return f"UNNEST({', '.join(f'%s::{kind.split("(")[0]}[]' for kind in types)})"

    def _arrays(self, columns: Sequence[str], rows: Sequence[Row]) -> list[list[Any]]:
        return [list(values) for values in zip(*self._prepared(columns, rows), strict=True)]

    def _prepared(self, columns: Sequence[str], rows: Sequence[Row]) -> Sequence[Row]:
        """The rows with the values the database driver takes."""
        changed = {
            place: convert
            for place, name in enumerate(columns)
            if (convert := self._converter(self._fields[name])) is not None
        }
        if not changed:
            return rows
        prepared = [list(row) for row in rows]
        for place, convert in changed.items():
            for row in prepared:
                if row[place] is not None:
                    row[place] = convert(row[place])
        return prepared

    def _converter(self, field: Field[Any, Any]) -> Callable[[Any], Any] | None:
        if isinstance(field, models.JSONField):
            return _json_text
        if self.postgresql:
            return None
        if isinstance(field, models.DateTimeField):
            return _sqlite_instant
        if isinstance(field, models.DateField):
            return str
        return _hex if isinstance(field, models.UUIDField) else None


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, cls=DjangoJSONEncoder)


def _sqlite_instant(value: Any) -> str:
    # As Django's SQLite backend writes aware instants: UTC, without its zone.
    text: str = value.astimezone(UTC).isoformat(" ")
    return text.removesuffix("+00:00")


def _hex(value: UUID) -> str:
    return value.hex


def _parts(rows: Sequence[Row], width: int) -> Iterator[Sequence[Row]]:
    size = _PARAMETERS // width
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
