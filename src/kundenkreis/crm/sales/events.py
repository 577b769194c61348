"""What happens in sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
