"""Which values of JSON columns conditions can speak of: by their kind, in the database and here."""

from __future__ import annotations

from kundenkreis.kernel.conditions.kinds import Kind
from kundenkreis.kernel.json_values import (
    JsonBoolean,
    JsonDay,
    JsonNumber,
    JsonText,
    JsonValue,
    boolean,
    day,
    number,
    text,
)

SQL: dict[Kind, type[JsonValue]] = {
    Kind.TEXT: JsonText,
    Kind.NUMBER: JsonNumber,
    Kind.BOOLEAN: JsonBoolean,
    Kind.DATE: JsonDay,
}
READ = {Kind.TEXT: text, Kind.NUMBER: number, Kind.BOOLEAN: boolean, Kind.DATE: day}
KINDS = tuple(SQL)
