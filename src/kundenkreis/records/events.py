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
class PartUndone:
    """A part of a record is about to go, or is there again, because an undo says so."""

    target: str
    record_id: int


@dataclass(frozen=True, slots=True)
class RecordsMerged:
    """One record of a type (`crm.person`) is about to become part of another one; by whom.

    What names it does so no more; it is still there.
    """

    subject: str
    kept: int
    gone: int
    title: str
    by: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class RecordsParted:
    """A merge was taken back: the record that had gone is there again."""

    subject: str
    kept: int
    back: int
    title: str
    by: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class NextStepDone:
    """What was to be done next with a record is done; by whom."""

    target: str
    text: str
    due: date | None
    user_id: int | None
    by: str
