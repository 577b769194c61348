"""What stands in the cells of a file, as values that have a type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.money import Money
from kundenkreis.records import cells
from kundenkreis.records.fields import Info, info
from kundenkreis.records.parsing import plain

if TYPE_CHECKING:
    from kundenkreis.records.declaration import Column, RecordType
    from kundenkreis.records.directory import Directory

Value = str | bool | int | Decimal | date | datetime | Money | None
Read = Callable[[Any, "Directory"], Value]

_TYPED = (Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)


def reader(kind: RecordType, column: Column) -> Read:
    """What gives the value of a column: typed where it is a plain field, else as people read it."""
    if column.text is not None:
        text = column.text
        return lambda record, directory: text(record)
    try:
        found = info(kind.model, column.name)
    except LookupError:
        cell = column.cell
        return lambda record, directory: "" if cell is None else str(cell(record))
    return lambda record, directory: value_of(found, record, directory)


def value_of(found: Info, record: Any, directory: Directory) -> Value:
    """The value of a plain field; those that name something by its name."""
    value = found.value(record)
    if value is None or value == "":
        return None
    if found.directory:
        return directory.name(found.name, value)
    if found.kind in _TYPED:
        return Decimal(str(value)) if isinstance(value, float) else value
    return cells.written(found, value)


def written(value: Value) -> str:
    """A value as a file writes it, in the language and time zone in force."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return _("yes") if value else _("no")
        case Money():
            return plain(value.amount)
        case int() | Decimal():
            return plain(Decimal(value))
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat()
