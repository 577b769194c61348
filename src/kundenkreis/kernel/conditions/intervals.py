"""From a comparison on time to the half-open interval that both evaluators test."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kundenkreis.kernel.conditions.kinds import Kind
from kundenkreis.kernel.conditions.periods import (
    DAY,
    TICK,
    Bound,
    Calendar,
    Fixed,
    Interval,
    Sliding,
    Unit,
    named,
    since,
    until,
)


def interval(kind: Kind, op: str, value: Any) -> Interval:
    """The interval `low <= x < high` in which the comparison is true; None = without end."""
    match op:
        case "is":
            return _begin(value), _end(value)
        case "lt":
            return None, _begin(value)
        case "lte":
            return None, _end(value)
        case "gt":
            after = _end(value)
            return (after, None) if after else (_begin(value), _begin(value))  # none is later
        case "gte":
            return _begin(value), None
        case "between":
            return _begin(value[0]), _end(value[1])
        case "within_last":
            return since(value), _after_now(kind)
        case "before_ago":
            return None, since(value)
        case "within_next":
            return _from_now(kind), until(value)
        case "during":
            return named(value)
    raise LookupError(op)


def _begin(value: date | datetime) -> Bound:
    return Fixed(value)


def _end(value: date | datetime) -> Bound | None:
    """Just after the value: the next microsecond, or the next day; None after the last there is,
    which other products write for "never"."""
    try:
        return Fixed(value + (TICK if isinstance(value, datetime) else DAY))
    except OverflowError:
        return None


def _after_now(kind: Kind) -> Bound:
    return Calendar(Unit.CALENDAR_DAYS, 1) if kind is Kind.DATE else Sliding(TICK)


def _from_now(kind: Kind) -> Bound:
    return Calendar(Unit.CALENDAR_DAYS, 0) if kind is Kind.DATE else Sliding(TICK)
