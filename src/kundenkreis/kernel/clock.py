"""The only source of "now". Tests freeze it; nothing else reads the system's time."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class FrozenClock:
    """A clock that stands still until it is told to move."""

    instant: datetime

    def advance(self, **by: float) -> datetime:
        """Move by a `timedelta` given in its keywords (hours=6) and return the new instant."""
        self.instant += timedelta(**by)
        return self.instant


_frozen: ContextVar[FrozenClock | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The current instant, aware, in UTC."""
    frozen = _frozen.get()
    return frozen.instant if frozen else datetime.now(UTC)


def today(zone: str) -> date:
    """The business date in the named time zone (IANA name), e.g. the company's."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def freeze(at: str | datetime) -> Iterator[FrozenClock]:
    """Stop the clock at an aware instant (a datetime, or ISO 8601 with zone)."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    if instant.tzinfo is None:
        raise ValueError("freeze() needs an aware instant")
    clock = FrozenClock(instant.astimezone(UTC))
    token = _frozen.set(clock)
    try:
        yield clock
    finally:
        _frozen.reset(token)
