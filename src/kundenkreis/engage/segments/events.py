"""What happens in segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SegmentEntered:
    """A person (canonical profile) came into a segment."""

    KEY: ClassVar[str] = "profile_id"

    segment_id: int
    profile_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SegmentLeft:
    """A person (canonical profile) is no longer in a segment."""

    KEY: ClassVar[str] = "profile_id"

    segment_id: int
    profile_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SegmentActivated:
    """A segment began to be kept."""

    segment_id: int


@dataclass(frozen=True, slots=True)
class SegmentArchived:
    """A segment is no longer kept; its members leave it."""

    segment_id: int
