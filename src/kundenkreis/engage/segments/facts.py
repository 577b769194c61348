"""What is known about profiles when segments are evaluated in memory.

A person is their canonical profile together with everything merged into it: the events of all,
the traits and facts of the canonical one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


class EventRow(NamedTuple):
    """One event as conditions see it; amounts in minor units of `currency`."""

    occurred_at: datetime
    key: str = ""
    value_minor: int | None = None
    currency: str = ""
    source_id: int = 0
    properties: Mapping[str, Any] = {}


@dataclass(slots=True)
class ProfileFacts:
    """One person. `events` holds, by type, those that some condition may look at, oldest first."""

    id: int
    known: bool = False
    created_at: datetime | None = None
    last_seen_at: datetime | None = None
    link_id: UUID | None = None
    traits: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    events: dict[str, list[EventRow]] = field(default_factory=dict)
    segments: set[int] = field(default_factory=set)
    consents: set[tuple[str, str]] = field(default_factory=set)
    scores: dict[object, Mapping[str, int]] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """How many events had to be loaded."""
        return sum(map(len, self.events.values()))
