"""What happens in sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order became known here; net amount in minor units of `currency`, negative if it takes
    goods back."""

    order_id: int
    person_id: int | None
    source: str
    number: str
    placed_at: datetime
    net_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order was cancelled as a whole."""

    order_id: int
    person_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class OpportunityMoved:
    """An opportunity went from one stage to another; the ids are those of the stages."""

    opportunity_id: int
    before_id: int
    stage_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OpportunityWon:
    """An opportunity was won; its value in minor units of `currency`, None if nobody said."""

    opportunity_id: int
    closed_on: date
    value_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class OpportunityLost:
    """An opportunity was lost, for the stated reason."""

    opportunity_id: int
    closed_on: date
    reason: str
