"""Sums that name nobody: visits, and what was discarded for lack of consent."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from kundenkreis.engage.tracking.models import DailyCount
from kundenkreis.kernel import bulk


def add(source_id: int, kind: str, count: int, at: datetime) -> None:
    """Add to a source's sum of the day; needs a unit of work in progress."""
    bulk.upsert(
        DailyCount,
        ("source_id", "day", "kind", "count"),
        [(source_id, day_of(at), kind, count)],
        key=("source_id", "day", "kind"),
        add=("count",),
    )


def day_of(at: datetime) -> date:
    """The business day of an instant, in the company's time zone."""
    return at.astimezone(ZoneInfo(settings.COMPANY_ZONE)).date()
