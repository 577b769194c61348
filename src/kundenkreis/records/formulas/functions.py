"""The functions of formulas: what they are called, what they take, and what they give.

Each gets values that are there; whatever has an empty part is empty itself, but for those that say
`empties`: they are given None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from kundenkreis.kernel import clock

MANY = 20
MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `takes` are the sorts of its parts, "same" for all those of one sort and
    "number|money" for either; `gives` a sort, or "same"."""

    names: tuple[str, str]  # English, German
    takes: tuple[str, ...]
    gives: str
    work: Callable[..., Any]
    example: tuple[str, str]
    empties: bool = False
    least: int = 0
    many: bool = False

    @property
    def count(self) -> tuple[int, int]:
        """How many parts it has at least and at most."""
        return (self.least or len(self.takes), MANY if self.many else len(self.takes))

    def usage(self) -> str:
        """How it is written, in the language of whoever reads it."""
        german = (get_language() or "en").startswith("de")
        return self.example[german]


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    if places != places.to_integral_value() or abs(places) > MOST_PLACES:
        raise ArithmeticError
    return value.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)


def _date(year: Decimal, month: Decimal, day: Decimal) -> date:
    return date(int(year), int(month), int(day))


def _days(start: date, end: date) -> Decimal:
    return Decimal((end - start).days)


def _add_days(day: date, number: Decimal) -> date:
    return day + timedelta(days=int(number))


def _if(condition: bool | None, then: Any, other: Any = None) -> Any:
    return then if condition else other


def _least(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _most(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _length(value: str) -> Decimal:
    return Decimal(len(value))


FUNCTIONS: dict[str, Function] = {
    "if": Function(
        ("if", "wenn"), ("boolean", "same", "same"), "same", _if,
        ("if([Amount] > 1000; \"large\"; \"small\")", "wenn([Betrag] > 1000; \"groß\"; \"klein\")"),
        empties=True, least=2,
    ),
    "empty": Function(
        ("empty", "leer"), ("any",), "boolean", lambda value: value is None,
        ("empty([Due])", "leer([Fällig])"), empties=True,
    ),
    "ifempty": Function(
        ("ifempty", "wennleer"), ("same", "same"), "same",
        lambda value, other: other if value is None else value,
        ("ifempty([Discount]; 0)", "wennleer([Rabatt]; 0)"), empties=True,
    ),
    "round": Function(
        ("round", "runden"), ("number|money", "number"), "first", _round,
        ("round([Amount] / 3; 2)", "runden([Betrag] / 3; 2)"), least=1,
    ),
    "abs": Function(
        ("abs", "betrag"), ("number|money",), "first", abs,
        ("abs([Difference])", "betrag([Differenz])"),
    ),
    "min": Function(
        ("min", "minimum"), ("same", "same"), "same", _least,
        ("min([Offer]; [Budget])", "min([Angebot]; [Budget])"), empties=True, many=True,
    ),
    "max": Function(
        ("max", "maximum"), ("same", "same"), "same", _most,
        ("max([Offer]; 0)", "max([Angebot]; 0)"), empties=True, many=True,
    ),
    "days": Function(
        ("days", "tage"), ("date", "date"), "number", _days,
        ("days([From]; [To])", "tage([Von]; [Bis])"),
    ),
    "adddays": Function(
        ("adddays", "plustage"), ("date", "number"), "date", _add_days,
        ("adddays([From]; 14)", "plustage([Von]; 14)"),
    ),
    "today": Function(
        ("today", "heute"), (), "date", lambda: clock.today(settings.COMPANY_ZONE),
        ("days([From]; today())", "tage([Von]; heute())"),
    ),
    "date": Function(
        ("date", "datum"), ("number", "number", "number"), "date", _date,
        ("date(2026; 12; 31)", "datum(2026; 12; 31)"),
    ),
    "year": Function(
        ("year", "jahr"), ("date",), "number", lambda day: Decimal(day.year),
        ("year([From])", "jahr([Von])"),
    ),
    "month": Function(
        ("month", "monat"), ("date",), "number", lambda day: Decimal(day.month),
        ("month([From])", "monat([Von])"),
    ),
    "length": Function(
        ("length", "länge"), ("text",), "number", _length,
        ("length([Code])", "länge([Code])"),
    ),
    "upper": Function(
        ("upper", "gross"), ("text",), "text", str.upper, ("upper([Code])", "gross([Code])"),
    ),
}  # fmt: skip

NAMES = {name: key for key, one in FUNCTIONS.items() for name in one.names}
