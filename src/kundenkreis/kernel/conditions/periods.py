"""Time: durations, periods, and the bounds that move with "now".

Every condition on time is a half-open interval `low <= x < high` whose bounds never move backwards
as time goes on. Both evaluators use these bounds; `passes` also says when a bound will overtake a
value, which is when a condition changes its answer without anything having happened.

"Hours", "days" and "weeks" are exact durations back from this instant (a day has 24 hours).
"Calendar days, weeks, months" are whole ones in the company's time zone, the current one included:
the last 1 calendar day is today. Weeks start on Monday (ISO 8601).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


class Unit(StrEnum):
    """Units of a duration."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    CALENDAR_DAYS = "calendar_days"
    CALENDAR_WEEKS = "calendar_weeks"
    CALENDAR_MONTHS = "calendar_months"
    CALENDAR_YEARS = "calendar_years"

    @property
    def sliding(self) -> bool:
        return self in (Unit.HOURS, Unit.DAYS, Unit.WEEKS)


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of units, at least one, e.g. 6 hours."""

    n: int
    unit: Unit

    @property
    def length(self) -> timedelta:
        """The exact length of a sliding duration."""
        return timedelta(**{self.unit.value: self.n})


class Period(StrEnum):
    """A named stretch of the calendar around today."""

    YESTERDAY = "yesterday"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LAST_WEEK = "last_week"
    THIS_WEEK = "this_week"
    NEXT_WEEK = "next_week"
    LAST_MONTH = "last_month"
    THIS_MONTH = "this_month"
    NEXT_MONTH = "next_month"
    LAST_YEAR = "last_year"
    THIS_YEAR = "this_year"
    NEXT_YEAR = "next_year"


_DAYS, _WEEKS = Unit.CALENDAR_DAYS, Unit.CALENDAR_WEEKS
_MONTHS, _YEARS = Unit.CALENDAR_MONTHS, Unit.CALENDAR_YEARS
_PERIODS = {
    period: (unit, shift)
    for (unit, shift), period in zip(
        ((unit, shift) for unit in (_DAYS, _WEEKS, _MONTHS, _YEARS) for shift in (-1, 0, 1)),
        Period,
        strict=True,
    )
}


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant a condition is asked at, and the zone its calendar days belong to."""

    now: datetime
    zone: tzinfo = UTC

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    def day_of(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant the day begins in the zone."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def start_of(unit: Unit, day: date) -> date:
    """The first day of the calendar unit the day lies in."""
    if unit is Unit.CALENDAR_WEEKS:
        return day - timedelta(days=day.weekday())
    if unit is Unit.CALENDAR_MONTHS:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit is Unit.CALENDAR_YEARS else day


def shifted(unit: Unit, start: date, by: int) -> date:
    """The start of the unit `by` units later, held within the calendar (years 1 to 9999)."""
    try:
        if unit is Unit.CALENDAR_DAYS:
            return start + timedelta(days=by)
        if unit is Unit.CALENDAR_WEEKS:
            return start + timedelta(weeks=by)
        if unit is Unit.CALENDAR_MONTHS:
            months = start.year * 12 + start.month - 1 + by
            return date(months // 12, months % 12 + 1, 1)
        return date(start.year + by, 1, 1)
    except (ValueError, OverflowError):
        return date(9999, 12, 31) if by > 0 else date(1, 1, 2)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A bound that stands still: the beginning of a day, or an instant."""

    at: date | datetime

    def instant(self, moment: Moment) -> datetime:
        return self.at if isinstance(self.at, datetime) else moment.midnight(self.at)

    def day(self, moment: Moment) -> date:
        return moment.day_of(self.at) if isinstance(self.at, datetime) else self.at

    def passes(self, x: datetime | date, moment: Moment) -> datetime | None:
        return None


@dataclass(frozen=True, slots=True)
class Sliding:
    """A bound that moves with now: `now + offset`."""

    offset: timedelta

    def instant(self, moment: Moment) -> datetime:
        return moment.now + self.offset

    def day(self, moment: Moment) -> date:
        return moment.day_of(moment.now + self.offset)

    def passes(self, x: datetime | date, moment: Moment) -> datetime | None:
        """The first instant at which the bound lies after `x`."""
        if not isinstance(x, datetime):
            return None
        return x - self.offset + TICK


@dataclass(frozen=True, slots=True)
class Calendar:
    """A bound that jumps: the start of the unit `shift` units from the current one."""

    unit: Unit
    shift: int

    def instant(self, moment: Moment) -> datetime:
        return moment.midnight(self.day(moment))

    def day(self, moment: Moment) -> date:
        return shifted(self.unit, start_of(self.unit, moment.today), self.shift)

    def passes(self, x: datetime | date, moment: Moment) -> datetime | None:
        """The first instant at which the bound lies after `x`."""
        day = moment.day_of(x) if isinstance(x, datetime) else x
        return moment.midnight(shifted(self.unit, start_of(self.unit, day), 1 - self.shift))


Bound = Fixed | Sliding | Calendar
Interval = tuple[Bound | None, Bound | None]


@lru_cache(maxsize=1_000)  # asked for every person and event
def since(duration: Duration) -> Bound:
    """The lower bound of "within the last …": what is older is out, to the microsecond."""
    if duration.unit.sliding:
        return Sliding(TICK - duration.length)
    return Calendar(duration.unit, 1 - duration.n)


def until(duration: Duration) -> Bound:
    """The upper bound of "within the next …"."""
    if duration.unit.sliding:
        return Sliding(TICK + duration.length)
    return Calendar(duration.unit, duration.n)


def named(period: Period) -> Interval:
    """The interval of a named period."""
    unit, shift = _PERIODS[period]
    return Calendar(unit, shift), Calendar(unit, shift + 1)
