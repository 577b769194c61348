"""Values inside JSON columns, read alike in Python, SQLite and PostgreSQL.

A value of another JSON type than asked for counts as missing: the text "3" is no number. Numbers
are double precision on all three; what a double cannot hold counts as missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Expression,
    F,
    FloatField,
    JSONField,
    TextField,
)

HUGE = 1e308
MOST_KEY = 10**15
MOST_WHOLE = 10**18
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
DATE = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")


def find(data: object, path: tuple[str, ...]) -> Any:
    """What lies at the path of nested objects, None if nothing does."""
    for key in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data


def text(data: object, path: tuple[str, ...]) -> str | None:
    found = find(data, path)
    return found if isinstance(found, str) else None


def number(data: object, path: tuple[str, ...]) -> float | None:
    found = find(data, path)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        return result if abs(result := float(found)) < HUGE else None
    except OverflowError:
        return None


def boolean(data: object, path: tuple[str, ...]) -> bool | None:
    found = find(data, path)
    return found if isinstance(found, bool) else None


def day(data: object, path: tuple[str, ...]) -> str | None:
    """An ISO date as text; ISO dates sort as texts do."""
    found = find(data, path)
    return found if isinstance(found, str) and DATE.fullmatch(found) else None


def key(data: object, path: tuple[str, ...]) -> str | None:
    """What names something: a text, or a whole number as text."""
    found = find(data, path)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < MOST_KEY:
        return str(found)
    return found if isinstance(found, str) else None


def _same(value: Any) -> Any:
    return value


def _iso(value: date) -> str:
    return value.isoformat()


def _clock(value: time) -> str:
    return f"{value:%H:%M}"


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).strftime(INSTANT)


class JsonValue(Expression):
    """Base: one value of a JSON column, NULL when it is missing or of another type.

    `form` writes a value of Python so that it can be compared with it.
    """

    sqlite: ClassVar[str]
    postgresql: ClassVar[str]
    form: ClassVar[Callable[..., Any]] = staticmethod(_same)

    def __init__(self, column: str | Any, path: tuple[str, ...]) -> None:
        super().__init__()
        self.column = F(column) if isinstance(column, str) else column
        self.path = path

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, expressions: Any) -> None:
        (self.column,) = expressions

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.column)
        if connection.vendor == "postgresql":
            inner = f"({column}{' -> %s::text' * (len(self.path) - 1)})"
            return self._fill(self.postgresql, inner, [*params, *self.path[:-1]], self.path[-1])
        # SQLite compares the bytes of keys. The ORM writes JSON with escapes, others without.
        ways = dict.fromkeys(
            "$" + "".join(f".{json.dumps(key, ensure_ascii=escaped)}" for key in self.path)
            for escaped in (True, False)
        )
        found = [self._fill(self.sqlite, column, list(params), path) for path in ways]
        if len(found) == 1:
            return found[0]
        sql = ", ".join(part for part, _ in found)
        return f"COALESCE({sql})", [value for _, values in found for value in values]

    @staticmethod
    def _fill(template: str, column: str, params: list[Any], key: str) -> tuple[str, list[Any]]:
        return template.replace("<column>", column), [*params, key] * template.count("<column>")


class JsonText(JsonValue):
    output_field = TextField()
    sqlite = "CASE WHEN JSON_TYPE(<column>, %s) = 'text' THEN JSON_EXTRACT(<column>, %s) END"
    postgresql = (
        "CASE WHEN jsonb_typeof(<column> -> %s::text) = 'string' THEN <column> ->> %s::text END"
    )


class JsonKey(JsonValue):
    """What names something: a text, or a whole number as text; shops send both."""

    output_field = TextField()
    sqlite = (
        "CASE WHEN JSON_TYPE(<column>, %s) = 'text' THEN JSON_EXTRACT(<column>, %s)"
        " WHEN JSON_TYPE(<column>, %s) = 'integer'"
        f" AND ABS(CAST(JSON_EXTRACT(<column>, %s) AS REAL)) < {MOST_KEY}"
        " THEN CAST(JSON_EXTRACT(<column>, %s) AS TEXT) END"
    )
    postgresql = (
        "CASE WHEN jsonb_typeof(<column> -> %s::text) = 'string' THEN <column> ->> %s::text"
        " WHEN jsonb_typeof(<column> -> %s::text) = 'number'"
        " AND <column> ->> %s::text ~ '^-?[0-9]+$'"
        " AND length(<column> ->> %s::text) <= 16"
        f" AND ABS((<column> ->> %s::text)::numeric) < {MOST_KEY}"
        " THEN <column> ->> %s::text END"
    )


class JsonNumber(JsonValue):
    form = float
    output_field = FloatField()
    sqlite = (
        "CASE WHEN JSON_TYPE(<column>, %s) IN ('integer', 'real')"
        f" AND ABS(CAST(JSON_EXTRACT(<column>, %s) AS REAL)) < {HUGE}"
        " THEN CAST(JSON_EXTRACT(<column>, %s) AS REAL) END"
    )
    postgresql = (
        "CASE WHEN jsonb_typeof(<column> -> %s::text) = 'number' THEN"
        f" CASE WHEN ABS((<column> ->> %s::text)::numeric) < {HUGE}::numeric"
        " THEN (<column> ->> %s::text)::numeric::double precision END END"
    )


class JsonBoolean(JsonValue):
    output_field = BooleanField()
    sqlite = "CASE JSON_TYPE(<column>, %s) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
    postgresql = "CASE WHEN jsonb_typeof(<column> -> %s::text) = 'boolean' THEN (<column> ->> %s::text)::boolean END"


class JsonWhole(JsonValue):
    """A whole number, exact beyond what a double holds."""

    output_field = BigIntegerField()
    sqlite = (
        "CASE WHEN JSON_TYPE(<column>, %s) = 'integer'"
        f" AND ABS(CAST(JSON_EXTRACT(<column>, %s) AS REAL)) < {MOST_WHOLE}"
        " THEN CAST(JSON_EXTRACT(<column>, %s) AS INTEGER) END"
    )
    postgresql = (
        "CASE WHEN jsonb_typeof(<column> -> %s::text) = 'number'"
        " AND (<column> ->> %s::text) ~ '^-?[0-9]{1,18}$'"
        " THEN (<column> ->> %s::text)::bigint END"
    )


class JsonDay(JsonValue):
    form = staticmethod(_iso)
    output_field = TextField()
    sqlite = (
        "CASE WHEN JSON_TYPE(<column>, %s) = 'text'"
        " AND JSON_EXTRACT(<column>, %s) GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'"
        " THEN JSON_EXTRACT(<column>, %s) END"
    )
    # Collation "C": compare bytes, as Python and SQLite do.
    postgresql = (
        "(CASE WHEN jsonb_typeof(<column> -> %s::text) = 'string'"
        " AND (<column> ->> %s::text) ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]$'"
        ' THEN <column> ->> %s::text END) COLLATE "C"'
    )


class JsonTime(JsonValue):
    """A time of day, "17:30"."""

    form = staticmethod(_clock)
    output_field = TextField()
    sqlite = (
        "CASE WHEN JSON_TYPE(<column>, %s) = 'text'"
        " AND JSON_EXTRACT(<column>, %s) GLOB '[0-2][0-9]:[0-5][0-9]'"
        " THEN JSON_EXTRACT(<column>, %s) END"
    )
    postgresql = (
        "(CASE WHEN jsonb_typeof(<column> -> %s::text) = 'string'"
        " AND (<column> ->> %s::text) ~ '^[0-2][0-9]:[0-5][0-9]$'"
        ' THEN <column> ->> %s::text END) COLLATE "C"'
    )


class JsonInstant(JsonValue):
    """An instant as a text of fixed length, to the microsecond, in UTC; such texts sort as they do."""

    form = staticmethod(_utc)
    output_field = TextField()
    sqlite = (
        "CASE WHEN JSON_TYPE(<column>, %s) = 'text'"
        " AND JSON_EXTRACT(<column>, %s) GLOB"
        " '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:*.[0-9][0-9][0-9][0-9][0-9][0-9]Z'"
        " THEN JSON_EXTRACT(<column>, %s) END"
    )
    postgresql = (
        "(CASE WHEN jsonb_typeof(<column> -> %s::text) = 'string' AND (<column> ->> %s::text)"
        " ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9]{6}Z$'"
        ' THEN <column> ->> %s::text END) COLLATE "C"'
    )


class JsonWords(JsonValue):
    """A list of words, as JSON."""

    output_field = JSONField()
    sqlite = "CASE WHEN JSON_TYPE(<column>, %s) = 'array' THEN JSON_EXTRACT(<column>, %s) END"
    postgresql = (
        "CASE WHEN jsonb_typeof(<column> -> %s::text) = 'array' THEN <column> -> %s::text END"
    )
