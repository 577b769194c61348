"""What happens with people and organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """What the crm tells engage about a linked person, always the whole state.

    `facts` is `{name: {"value": …, "purpose": …}}`, amounts in minor units, days as ISO dates in
    the company's zone; of two states the one with the higher `version` counts.
    """

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"
    link_id: UUID
    facts: dict[str, dict[str, Any]]
    version: int


@dataclass(frozen=True, slots=True)
class ObjectionRecorded:
    """Somebody told staff that they do not want to be contacted on a channel for a purpose."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"
    link_id: UUID
    channel: str
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonsMerged:
    """Staff found that two linked people are one: `gone` became part of who goes by `link_id`.

    All merges and partings arrive in the order in which they happened: one speaks of another.
    """

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "MERGES"
    MERGES: ClassVar[str] = "merges"
    link_id: UUID
    gone: UUID


@dataclass(frozen=True, slots=True)
class PersonsParted:
    """Staff took that back: `back` is somebody of their own again. In order with the merges."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "MERGES"
    MERGES: ClassVar[str] = PersonsMerged.MERGES
    link_id: UUID
    back: UUID


@dataclass(frozen=True, slots=True)
class QualityMeasured:
    """The figures of a month are kept, and there are those of an earlier one: how many persons there
    are, how many of them were lost within a year, how many nobody has confirmed for as long; and
    which share was lost in the month before."""

    month: date
    persons: int
    decayed: int
    stale: int
    before: float


@dataclass(frozen=True, slots=True)
class PersonRestricted:
    """A person must not be used any more, or may be again: no segment, no message, no offer."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"
    link_id: UUID
    restricted: bool
