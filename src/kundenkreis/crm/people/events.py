"""What happens with people and organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
