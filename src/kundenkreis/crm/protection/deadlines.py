"""Until when a request of a person has to be answered: GDPR Art. 12(3)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MONTHS = 1
MORE = 2  # where it is complex, or where there are many of them


def due(received_on: date, *, extended: bool = False) -> date:
    """One month of the calendar after it came, or three; a day that a month lacks is its last one.

    An end on a Sunday or holiday would move to the next working day (Regulation 1182/71, Art. 3);
    who answers by the day named here is never late.
    """
    return later(received_on, MONTHS + (MORE if extended else 0))


def later(day: date, months: int) -> date:
    """The same day so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
