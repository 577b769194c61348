"""What happens to records of any type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RecordUndone:
    """Fields of a record were brought back to what they were before; by whom."""

    target: str
    record_id: int
    fields: tuple[str, ...]
    user_id: int | None
    by: str


@dataclass(frozen=True, slots=True)
class NextStepDone:
    """What was to be done next with a record is done; by whom."""

    target: str
    text: str
    due: date | None
    user_id: int | None
    by: str
