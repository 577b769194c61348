"""Kinds of fields, and which operators each kind has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    REFERENCE = "reference"
    WORDS = "words"


KIND_LABELS: Mapping[Kind, StrOrPromise] = {
    Kind.TEXT: pgettext_lazy("kind of value", "Text"),
    Kind.NUMBER: pgettext_lazy("kind of value", "Number"),
    Kind.MONEY: _("Amount of money"),
    Kind.DATE: _("Date"),
    Kind.DATETIME: _("Date and time"),
    Kind.TIME: _("Time of day"),
    Kind.BOOLEAN: _("Yes or no"),
    Kind.CHOICE: _("Choice"),
    Kind.REFERENCE: _("Record"),
    Kind.WORDS: _("Several words"),
}


class Operand(StrEnum):
    """What an operator wants on its right side."""

    NONE = "none"
    ONE = "one"
    MANY = "many"
    RANGE = "range"
    DURATION = "duration"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of one kind: its name in the tree, its label, its operand."""

    name: str
    label: StrOrPromise
    operand: Operand = Operand.ONE


_EMPTY = (
    Operator("empty", _("is empty"), Operand.NONE),
    Operator("not_empty", _("is not empty"), Operand.NONE),
)
_IS = Operator("is", _("is"))
_IS_NOT = Operator("is_not", _("is not"))
_IN = Operator("in", _("is one of"), Operand.MANY)
_NOT_IN = Operator("not_in", _("is none of"), Operand.MANY)
_SIZES = (
    _IS,
    _IS_NOT,
    Operator("lt", _("is less than")),
    Operator("lte", _("is at most")),
    Operator("gt", _("is more than")),
    Operator("gte", _("is at least")),
    Operator("between", _("is between"), Operand.RANGE),
)
_TIMES = (
    Operator("is", pgettext_lazy("date", "is on")),
    Operator("lt", pgettext_lazy("date", "is before")),
    Operator("lte", pgettext_lazy("date", "is not after")),
    Operator("gt", pgettext_lazy("date", "is after")),
    Operator("gte", pgettext_lazy("date", "is not before")),
    Operator("between", _("is between"), Operand.RANGE),
    Operator("within_last", _("is within the last"), Operand.DURATION),
    Operator("before_ago", _("is longer ago than"), Operand.DURATION),
    Operator("within_next", _("is within the next"), Operand.DURATION),
    Operator("during", pgettext_lazy("date", "is in"), Operand.PERIOD),
)
_HOURS = (
    Operator("is", pgettext_lazy("time", "is at")),
    *(one for one in _TIMES if one.name in ("lt", "lte", "gt", "gte", "between")),
)

OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (
        _IS,
        _IS_NOT,
        Operator("contains", _("contains")),
        Operator("starts_with", _("starts with")),
        _IN,
        _NOT_IN,
        *_EMPTY,
    ),
    Kind.NUMBER: (*_SIZES, *_EMPTY),
    Kind.MONEY: (*_SIZES, *_EMPTY),
    Kind.DATE: (*_TIMES, *_EMPTY),
    Kind.DATETIME: (*_TIMES, *_EMPTY),
    Kind.TIME: (*_HOURS, *_EMPTY),
    Kind.BOOLEAN: (_IS, *_EMPTY),
    Kind.CHOICE: (_IS, _IS_NOT, _IN, _NOT_IN, *_EMPTY),
    Kind.REFERENCE: (_IS, _IS_NOT, _IN, _NOT_IN, *_EMPTY),
    Kind.WORDS: (
        Operator("has_any", _("include one of"), Operand.MANY),
        Operator("has_all", _("include all of"), Operand.MANY),
        Operator("has_none", _("include none of"), Operand.MANY),
        *_EMPTY,
    ),
}
