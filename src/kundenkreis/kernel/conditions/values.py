"""Operands: from JSON or a form into Python and back.

| operand  | JSON                                        | Python                          |
|----------|---------------------------------------------|---------------------------------|
| text, choice, words | "Berlin"                         | str (NFC)                       |
| reference | 17                                         | int                             |
| number   | 3, "2.5"                                    | Decimal, at most 15 digits      |
| money    | {"minor": 1999, "currency": "EUR"}          | Money                           |
| date     | "2026-11-21"                                | date                            |
| datetime | "2026-11-21T12:00:00Z", or a date           | datetime (UTC), or date         |
| time     | "17:30"                                     | time                            |
| boolean  | true                                        | bool                            |
| range    | {"from": …, "to": …}, both included         | (low, high)                     |
| many     | [ … ], 1 to 1000                            | tuple                           |
| duration | {"n": 6, "unit": "hours"}                   | Duration                        |
| period   | "this_week"                                 | Period                          |

From a form every scalar may be a string, decimals may have a comma, and money may come as
{"amount": "19.99", "currency": "EUR"}.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions.errors import ConditionError
from kundenkreis.kernel.conditions.kinds import Kind, Operand
from kundenkreis.kernel.conditions.periods import Duration, Period, Unit
from kundenkreis.kernel.conditions.tree import MAX_VALUES
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.text import normal

MAX_TEXT = 500
MAX_DURATION = 10_000
MAX_INTEGER = 2**63 - 1
_DIGITS = 15


def load(kind: Kind, operand: Operand, raw: Any, path: str, *, form: bool = False) -> Any:
    """The operand in Python form. Raises `ConditionError` naming the place."""
    match operand:
        case Operand.NONE:
            if raw not in (None, ""):
                raise ConditionError(path, _("This comparison takes no value."))
            return None
        case Operand.MANY:
            return _many(kind, raw, path, form=form)
        case Operand.RANGE:
            return _range(kind, raw, path, form=form)
        case Operand.DURATION:
            found = duration(raw, path, form=form)
            if kind is Kind.DATE and found.unit.sliding:
                raise ConditionError(
                    f"{path}.unit",
                    _("A date without a time cannot be compared in hours."),
                    "",
                    _("Choose calendar days, weeks, months or years."),
                )
            return found
        case Operand.PERIOD:
            return member(Period, raw, path)
    return one(kind, raw, path, form=form)


def one(kind: Kind, raw: Any, path: str, *, form: bool = False) -> Any:
    """A single value of a kind."""
    match kind:
        case Kind.TEXT | Kind.CHOICE | Kind.WORDS:
            return text(raw, path)
        case Kind.REFERENCE:
            return integer(raw, path, 0, MAX_INTEGER, form=form)
        case Kind.NUMBER:
            return number(raw, path, form=form)
        case Kind.MONEY:
            return money(raw, path, form=form)
        case Kind.DATE:
            return day(raw, path)
        case Kind.DATETIME:
            return instant(raw, path)
        case Kind.TIME:
            return hour(raw, path)
    if form and raw in ("true", "false"):
        return raw == "true"
    if not isinstance(raw, bool):
        raise ConditionError(path, _("Choose yes or no."))
    return raw


def text(raw: Any, path: str, longest: int = MAX_TEXT) -> str:
    """A text that is not empty, in NFC."""
    if not isinstance(raw, str) or not raw.strip() or "\x00" in raw:
        raise ConditionError(path, _("Enter a text."))
    if len(raw) > longest:
        raise ConditionError(path, _("At most %(n)d characters are allowed.") % {"n": longest})
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise ConditionError(path, _("Enter a text.")) from None
    return normal(raw)


def integer(raw: Any, path: str, low: int, high: int, *, form: bool = False) -> int:
    """A whole number between `low` and `high`."""
    if form and isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,19}", raw.strip()):
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not low <= raw <= high:
        message = _("Enter a whole number between %(low)s and %(high)s.")
        raise ConditionError(path, message % {"low": low, "high": high})
    return raw


def number(raw: Any, path: str, *, form: bool = False) -> Decimal:
    """A decimal number with at most 15 significant digits, the precision of both databases."""
    if form and isinstance(raw, str) and "." not in raw:
        raw = raw.replace(",", ".")
    problem = ConditionError(
        path, _("Enter a number."), _("It may have up to %(n)d digits.") % {"n": _DIGITS}
    )
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or len(str(raw)) > 40:
        raise problem
    try:
        found = Decimal(repr(raw) if isinstance(raw, float) else raw)
    except InvalidOperation:
        raise problem from None
    if not found.is_finite():
        raise problem
    found = found.normalize() + 0
    if len(found.as_tuple().digits) > _DIGITS or abs(found.adjusted()) > _DIGITS:
        raise problem
    return found


def money(raw: Any, path: str, *, form: bool = False) -> Money:
    """An amount in minor units of one currency."""
    if not isinstance(raw, dict) or not set(raw) <= {"minor", "amount", "currency"}:
        raise ConditionError(path, _("Enter an amount of money."))
    currency = raw.get("currency")
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise ConditionError(f"{path}.currency", _("Choose a currency."))
    if form and "amount" in raw:
        return Money.of(number(raw["amount"], f"{path}.amount", form=True), currency)
    return Money(integer(raw.get("minor"), f"{path}.minor", -(10**15), 10**15, form=form), currency)


def day(raw: Any, path: str) -> date:
    """A date, ISO 8601."""
    try:
        if isinstance(raw, str) and len(raw) == 10:
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise ConditionError(path, _("Enter a date."))


def instant(raw: Any, path: str) -> date | datetime:
    """An instant with its zone (ISO 8601), or a date."""
    if isinstance(raw, str) and len(raw) == 10:
        return day(raw, path)
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) else None
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ConditionError(path, _("Enter a date, or a date and time with its zone."))


def hour(raw: Any, path: str) -> time:
    """A time of day to the minute, "17:30"."""
    try:
        if isinstance(raw, str) and len(raw) == 5:
            return time.fromisoformat(raw)
    except ValueError:
        pass
    raise ConditionError(path, _("Enter a time of day."))


def duration(raw: Any, path: str, *, form: bool = False) -> Duration:
    """A duration such as 6 hours."""
    if not isinstance(raw, dict) or set(raw) != {"n", "unit"}:
        raise ConditionError(path, _("Enter how long, e.g. 6 hours."))
    n = integer(raw["n"], f"{path}.n", 1, MAX_DURATION, form=form)
    return Duration(n, member(Unit, raw["unit"], f"{path}.unit"))


def member[E: (Unit, Period)](kind: type[E], raw: Any, path: str) -> E:
    """A member of one of the fixed lists."""
    try:
        return kind(raw)
    except ValueError:
        raise ConditionError(path, _("Choose one of the list.")) from None


def _many(kind: Kind, raw: Any, path: str, *, form: bool) -> tuple[Any, ...]:
    if form and isinstance(raw, str):
        raw = [line.strip() for line in raw.splitlines() if line.strip()]
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_VALUES:
        message = _("Choose between 1 and %(n)d values.") % {"n": MAX_VALUES}
        raise ConditionError(path, message)
    found = (one(kind, item, f"{path}.{at}", form=form) for at, item in enumerate(raw))
    return tuple(dict.fromkeys(found))


def _range(kind: Kind, raw: Any, path: str, *, form: bool) -> tuple[Any, Any]:
    if not isinstance(raw, dict) or set(raw) != {"from", "to"}:
        raise ConditionError(path, _("Enter two values, from and to."))
    low = one(kind, raw["from"], f"{path}.from", form=form)
    high = one(kind, raw["to"], f"{path}.to", form=form)
    if isinstance(low, Money) and low.currency != high.currency:
        raise ConditionError(f"{path}.to", _("Both amounts need the same currency."))
    return low, high


def dump(value: Any) -> Any:
    """The operand as JSON, such that `load` gives an equal one."""
    match value:
        case None | bool() | int() | str():
            return value.value if isinstance(value, Period) else value
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Duration():
            return {"n": value.n, "unit": value.unit.value}
    raise TypeError(f"{value!r} is no operand")


def dump_operand(operand: Operand, value: Any) -> Any:
    """The right side of a comparison as JSON."""
    if operand is Operand.MANY:
        return [dump(item) for item in value]
    if operand is Operand.RANGE:
        return {"from": dump(value[0]), "to": dump(value[1])}
    return dump(value)
