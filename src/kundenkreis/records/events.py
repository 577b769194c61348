"""What happens to records of any type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordUndone:
    """Fields of a record were brought back to what they were before; by whom."""

    target: str
    record_id: int
    fields: tuple[str, ...]
    user_id: int | None
    by: str
