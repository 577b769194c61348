"""What happens in segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class MembershipsChanged:
    """Somebody whom the crm knows is in other segments than before; it asks in which ones."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"

    link_id: UUID


@dataclass(frozen=True, slots=True)
class SegmentRenamed:
    """A segment is called something else."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "segment_id"

    segment_id: int
