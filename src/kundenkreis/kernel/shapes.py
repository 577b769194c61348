"""How values lie in JSON: read alike in Python, SQLite and PostgreSQL, and compared alike.

| shape     | JSON                              | Python          |
|-----------|-----------------------------------|-----------------|
| text      | "Berlin"                          | str (NFC)       |
| number    | 12.5, at most 15 digits           | Decimal         |
| whole     | 4711                              | int             |
| day       | "2026-11-21"                      | date            |
| time      | "17:30"                           | time            |
| instant   | "2026-11-21T16:30:00.000000Z"     | datetime (UTC)  |
| boolean   | true                              | bool            |
| words     | ["red", "blue"]                   | list of str     |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Model

from kundenkreis.kernel import json_values as json
from kundenkreis.kernel.text import normal
from kundenkreis.kernel.words import different

if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
    _Float = models.FloatField[Any, Any]
else:
    _Text, _Float = models.TextField, models.FloatField

DIGITS = 15  # what a double of either database holds exactly


@dataclass(frozen=True, slots=True)
class Shape:
    """One way: `read` gives None for what is of another sort, `write` raises `ValueError`."""

    sql: type[json.JsonValue]
    column: models.Field[Any, Any]  # what the SQL expression is for the ORM
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


class _AsText(_Text):
    """A value that is compared as its text."""

    def __init__(self, read: Callable[[Any], Any], form: Callable[[Any], str]) -> None:
        super().__init__()
        self.read, self.form = read, form

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else self.form(value)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return self.read(value)

    def to_python(self, value: Any) -> Any:
        return self.read(value) if isinstance(value, str) else value


class _AsDouble(_Float):
    """A decimal number that the databases hold as a double."""

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else _number(value)

    def to_python(self, value: Any) -> Any:
        return None if value is None else Decimal(str(value))


def _read_text(raw: Any) -> str | None:
    return raw if isinstance(raw, str) else None


def _number(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) >= json.HUGE:
        return None
    found = Decimal(repr(float(raw)))
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def _write_number(value: Any) -> int | float:
    number = Decimal(str(value)).normalize() + 0
    if not number.is_finite() or len(number.as_tuple().digits) > DIGITS:
        raise ValueError(value)
    if abs(number.adjusted()) > DIGITS or isinstance(value, bool):
        raise ValueError(value)
    return int(number) if number == number.to_integral_value() else float(number)


def _whole(raw: Any) -> int | None:
    known = isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < json.MOST_WHOLE
    return raw if known else None


def _write_whole(value: Any) -> int:
    number = value.pk if isinstance(value, Model) else value
    if _whole(number) is None:
        raise ValueError(value)
    return int(number)


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(raw) if json.DATE.fullmatch(raw or "") else None
    except (TypeError, ValueError):
        return None


def _write_day(value: Any) -> str:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(value)
    return value.isoformat()


def _time(raw: Any) -> time | None:
    try:
        return time.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 5 else None
    except ValueError:
        return None


def _write_time(value: time) -> str:
    return f"{value:%H:%M}"


def _instant(raw: Any) -> datetime | None:
    try:
        return datetime.strptime(raw, json.INSTANT).replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return None


def _write_instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(value)
    return value.astimezone(UTC).strftime(json.INSTANT)


def _boolean(raw: Any) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _write_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _words(raw: Any) -> list[str] | None:
    return [word for word in raw if isinstance(word, str)] if isinstance(raw, list) else None


def _write_words(value: Any) -> list[str]:
    if isinstance(value, str):
        raise ValueError(value)
    return different(value)


def _write_text(value: Any) -> str | None:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return normal(value)


SHAPES: Mapping[str, Shape] = {
    "text": Shape(json.JsonText, models.TextField(), _read_text, _write_text),
    "number": Shape(json.JsonNumber, _AsDouble(), _number, _write_number),
    "whole": Shape(json.JsonWhole, models.BigIntegerField(), _whole, _write_whole),
    "day": Shape(json.JsonDay, _AsText(_day, _write_day), _day, _write_day),
    "time": Shape(json.JsonTime, _AsText(_time, _write_time), _time, _write_time),
    "instant": Shape(json.JsonInstant, _AsText(_instant, _write_instant), _instant, _write_instant),
    "boolean": Shape(json.JsonBoolean, models.BooleanField(), _boolean, _write_boolean),
    "words": Shape(json.JsonWords, models.JSONField(), _words, _write_words),
}
