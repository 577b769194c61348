"""How somebody buys, from recency and frequency of their orders: as usual, overdue, or no longer.

Everybody is measured by their own rhythm, not by others: a machine is bought every few years, paper
every month. The rule: the usual pause is the time from the first to the last order divided by the
pauses between them. Who waits up to half as long again buys as usual, up to three times as long is
overdue, longer has stopped. It takes three orders to know a rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

KNOWN_FROM = 3  # orders
LATE, STOPPED = 1.5, 3.0  # times the usual pause


class Pace(StrEnum):
    """What a customer's last order says beside the earlier ones."""

    UNKNOWN = "unknown"
    USUAL = "usual"
    OVERDUE = "overdue"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A customer's pace, and what it follows from: days since the last order, and usually between
    two of them (0 where that is not known)."""

    pace: Pace
    since: int
    usual: int


def rhythm(orders: int, first: date, last: date, today: date) -> Rhythm:
    """The rhythm of somebody with so many orders, the first and last one on these days."""
    since = max(0, (today - last).days)
    if orders < KNOWN_FROM:
        return Rhythm(Pace.UNKNOWN, since, 0)
    pause = max(1.0, (last - first).days / (orders - 1))
    if since <= LATE * pause:
        pace = Pace.USUAL
    else:
        pace = Pace.OVERDUE if since <= STOPPED * pause else Pace.STOPPED
    return Rhythm(pace, since, round(pause))
