"""Set-based writes of plain rows, for append-only and derived data that is not audited.

What an ORM object costs per row is several times what the database needs; the collector writes ten
thousand rows a second through here. Rows are tuples in the order of `columns` (attribute names of
the model's fields). Texts must be in normal form already; a `str` for a JSON column is JSON text.
Writing needs a unit of work in progress.
"""

# ruff: noqa: S608 - names come from the models, and every value is a parameter

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from itertools import batched
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

from kundenkreis.kernel.fields import Words
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.kernel.transactions import current
from kundenkreis.kernel.words import different

Row = Sequence[Any]

PARAMETERS = 900  # of a statement of SQLite: about where more of them save nothing any more


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
    return _Table(model, current().side).insert(columns, rows, tail, returning)


def insert_objects(objects: Sequence[Model]) -> None:
    """Insert new objects of one model and give them their keys: what Django's `bulk_create` does,
    at a fraction of its cost."""
    if not objects:
        return
    model = type(objects[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns, values = [field.attname for field in fields], [_given(one, objects) for one in fields]
    table = _Table(model, current().side)
    key = str(model._meta.pk.attname)
    rows = list(zip(*values, strict=True))
    for one, made in zip(objects, table.insert(columns, rows, "", key), strict=True):
        setattr(one, key, made)
        one._state.adding = False


def _given(field: Field[Any, Any], objects: Sequence[Model]) -> list[Any]:
    """New objects' values; where only the database knows the default, that, on the objects too."""
    if _makes(field):
        values = [field.pre_save(one, add=True) for one in objects]
    else:
        values = list(map(attrgetter(field.attname), objects))
    if field.has_db_default():
        # A function of the database has no value here; records have none.
        default = field.get_default() if field.has_default() else field.db_default
        default = getattr(default, "value", default)
        for place, value in enumerate(values):
            if isinstance(value, DatabaseDefault):
                values[place] = default
                setattr(objects[place], field.attname, default)
    return list(map(different, values)) if isinstance(field, Words) else values


@lru_cache(maxsize=2_000)
def _makes(field: Field[Any, Any]) -> bool:
    """Whether a field may make another value for a new row than the object has."""
    if isinstance(field, models.DateField | models.TimeField):  # and instants
        return field.auto_now or field.auto_now_add
    return type(field).pre_save is not Field.pre_save


def select(
    model: type[Model],
    columns: Sequence[str],
    *,
    among: tuple[str, Collection[Any]],
    lock: bool = False,
    **equal: Any,
) -> list[tuple[Any, ...]]:
    """Rows whose column `among` has one of the values, and all of `equal`; ordered when locked.

    The statement's text does not depend on the number of values, so it is prepared only once.
    """
    return _Table(model, _side_of(model)).select(columns, among, equal, lock) if among[1] else []


def upsert(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str],
    add: Sequence[str] = (),
    followed: bool = False,
) -> None:
    """Insert rows; where `key` exists, set the other columns, or add to those named in `add`.

    `followed`: triggers keep a full-text index beside the table. SQLite writes that down with every
    statement, so there are as few of them as possible.
    """
    if not rows:
        return
    table = _Table(model, current().side)
    quoted = table.quoted
    changes = [
        f"{quoted(name)} = {table.name}.{quoted(name)} + excluded.{quoted(name)}"
        if name in add
        else f"{quoted(name)} = excluded.{quoted(name)}"
        for name in columns
        if name not in key and name != model._meta.pk.attname  # numbers stay what they are
    ]
    target = ", ".join(quoted(name) for name in key)
    tail = f" ON CONFLICT ({target}) DO UPDATE SET {', '.join(changes)}"
    table.insert(columns, rows, tail, together=followed)


def update(model: type[Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set columns of existing rows; the first column is the primary key."""
    if rows:
        _Table(model, current().side).update(columns, rows)


def _side_of(model: type[Model]) -> Side:
    return side_of_label(model._meta.app_label) or current().side


@lru_cache(maxsize=500)
def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields}


@lru_cache(maxsize=500)
def _quoted(model: type[Model], alias: str) -> dict[str, str]:
    quote = connections[alias].ops.quote_name
    return {name: quote(field.column or name) for name, field in _fields(model).items()}


class _Table:
    """A model's table on one side."""

    def __init__(self, model: type[Model], side: Side) -> None:
        self.connection = connections[side.alias]
        self.postgresql = self.connection.vendor == "postgresql"
        self._table = model._meta.db_table
        self.name = self.connection.ops.quote_name(self._table)
        self.quoted = _quoted(model, side.alias).__getitem__
        self._fields = _fields(model)

    def insert(
        self,
        columns: Sequence[str],
        rows: Sequence[Row],
        tail: str,
        returning: str = "",
        *,
        together: bool = False,
    ) -> list[Any]:
        names = ", ".join(map(self.quoted, columns))
        into = f"INSERT INTO {self.name} ({names}) "
        prepared = self._prepared(columns, rows)
        if returning and not tail and self._numbers_itself(returning):
            return self._numbered(returning, columns, prepared)
        if returning:
            tail += f" RETURNING {self.quoted(returning)}"
        with self.connection.cursor() as cursor:
            if self.postgresql:
                cursor.execute(f"{into}SELECT * FROM {self._unnest(columns)}{tail}", prepared)
                return [value for (value,) in cursor.fetchall()] if returning else []
            found: list[Any] = []
            places = f"({', '.join(['%s'] * len(columns))})"
            if not (returning or together):
                values = list(zip(*prepared, strict=True))
                cursor.executemany(f"{into}VALUES {places}{tail}", values)
                return found
            # Several rows in a statement: only one alone can say which keys it gave.
            for part in batched(zip(*prepared, strict=True), PARAMETERS // len(columns)):
                sql = f"{into}VALUES {', '.join([places] * len(part))}{tail}"
                cursor.execute(sql, [value for row in part for value in row])
                found += [value for (value,) in cursor.fetchall()]
            return found

    def _numbers_itself(self, name: str) -> bool:
        """Whether it is SQLite that gives the next numbers to new rows, and none twice."""
        return not self.postgresql and isinstance(self._fields[name], models.AutoField)

    def _numbered(self, key: str, columns: Sequence[str], prepared: list[list[Any]]) -> list[Any]:
        """Insert rows with the numbers that SQLite would give them.

        Nobody else writes before this transaction ends, and one statement that is done many times
        costs two thirds of statements that return what they gave.
        """
        names = ", ".join(map(self.quoted, (key, *columns)))
        places = ", ".join(["%s"] * (len(columns) + 1))
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [self._table])
            (last,) = cursor.fetchone() or (0,)
            keys = list(range(last + 1, last + 1 + len(prepared[0])))
            sql = f"INSERT INTO {self.name} ({names}) VALUES ({places})"
            cursor.executemany(sql, list(zip(keys, *prepared, strict=True)))
        return keys

    def select(
        self,
        columns: Sequence[str],
        among: tuple[str, Collection[Any]],
        equal: Mapping[str, Any],
        lock: bool,
    ) -> list[tuple[Any, ...]]:
        name, values = among
        test = "= ANY(%s)" if self.postgresql else "IN (SELECT value FROM json_each(%s))"
        conditions = [f"{self.quoted(column)} = %s" for column in equal]
        conditions.append(f"{self.quoted(name)} {test}")
        sql = (
            f"SELECT {', '.join(map(self.quoted, columns))} FROM {self.name} "
            f"WHERE {' AND '.join(conditions)}"
        )
        if lock and self.postgresql:
            sql += f" ORDER BY {self.quoted('id')} FOR UPDATE"
        wanted = list(values) if self.postgresql else json.dumps(list(values))
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [*equal.values(), wanted])
            return self._read(columns, cursor.fetchall())

    def update(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        key, *others = map(self.quoted, columns)
        prepared = self._prepared(columns, rows)
        with self.connection.cursor() as cursor:
            if self.postgresql:
                changes = ", ".join(f"{name} = new.{name}" for name in others)
                names = ", ".join([key, *others])
                cursor.execute(
                    f"UPDATE {self.name} SET {changes} FROM {self._unnest(columns)} "
                    f"AS new ({names}) WHERE {self.name}.{key} = new.{key}",
                    prepared,
                )
            else:
                changes = ", ".join(f"{name} = %s" for name in others)
                values = list(zip(*prepared[1:], prepared[0], strict=True))
                cursor.executemany(f"UPDATE {self.name} SET {changes} WHERE {key} = %s", values)

    def _unnest(self, columns: Sequence[str]) -> str:
        # One array per column and no length in its type: a cast to varchar(5) would cut silently.
        types = (self._fields[name].db_type(self.connection) or "" for name in columns)
        return f"UNNEST({', '.join(f'%s::{kind.split("(")[0]}[]' for kind in types)})"

    def _prepared(self, columns: Sequence[str], rows: Sequence[Row]) -> list[list[Any]]:
        """The values the database driver takes, column by column."""
        prepared: list[list[Any]] = []
        for name, values in zip(columns, zip(*rows, strict=True), strict=True):
            convert = _converter(self._fields[name], self.postgresql)
            prepared.append(
                list(values)
                if convert is None
                else [None if value is None else convert(value) for value in values]
            )
        return prepared

    def _read(self, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows with the driver's values as Python's."""
        known = _JSON_READER if self.postgresql else _SQLITE_READERS
        readers = {
            place: reader
            for place, name in enumerate(columns)
            if (reader := known.get(type(self._fields[name]))) is not None
        }
        if not readers:
            return rows
        return [
            tuple(
                readers[place](value) if value is not None and place in readers else value
                for place, value in enumerate(row)
            )
            for row in rows
        ]


@lru_cache(maxsize=2_000)
def _converter(field: Field[Any, Any], postgresql: bool) -> Callable[[Any], Any] | None:
    """What makes of a value of this field one that the database driver takes; None if it is one."""
    if isinstance(field, models.JSONField):
        return _json_text
    if isinstance(field, models.CharField) and field.choices:
        return _text  # a member of an enumeration is a text only to Python
    if postgresql:
        return None
    if isinstance(field, models.DecimalField | models.TimeField):
        return str
    if isinstance(field, models.DateTimeField):
        return _sqlite_instant
    if isinstance(field, models.DateField):
        return str
    return _hex if isinstance(field, models.UUIDField) else None


# Django sets its connections up so that the drivers leave these to the model's fields.
_JSON_READER: dict[type[Any], Callable[[Any], Any]] = {models.JSONField: json.loads}
_SQLITE_READERS: dict[type[Any], Callable[[Any], Any]] = {
    **_JSON_READER,
    models.DateTimeField: lambda value: value.replace(tzinfo=UTC),
    models.UUIDField: UUID,
}


_JSON = DjangoJSONEncoder()
_EMPTY: dict[type[Any], str] = {dict: "{}", list: "[]"}


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return str(value.value) if isinstance(value, Enum) else str(value)


def _json_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    empty = _EMPTY.get(type(value)) if not value else None  # as nearly all are
    return empty or _JSON.encode(value)


@lru_cache(maxsize=1_024)
def _sqlite_instant(value: datetime) -> str:
    # As Django's SQLite backend writes aware instants: UTC, without its zone.
    return value.astimezone(UTC).isoformat(" ").removesuffix("+00:00")


def _hex(value: UUID) -> str:
    return value.hex
