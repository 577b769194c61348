"""What shops report that others must know about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One position of an order: `unit_price` net of tax in major units, `tax_rate` in percent.

    `net_minor` is quantity × unit price, rounded commercially per line, in minor units.
    """

    position: int
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net_minor: int


@dataclass(frozen=True, slots=True)
class OrderReceived:
    """A trusted source reported an order, for the first time.

    Amounts are minor units of `currency`, with net + tax = gross. `customer` is what the shop said
    about the person: number, first_name, last_name, email, phone, company, country …
    """

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"

    link_id: UUID
    namespace: str
    source: str
    order_id: str
    placed_at: datetime
    net_minor: int
    tax_minor: int
    gross_minor: int
    currency: str
    voucher: str = ""
    country: str = ""
    lines: tuple[OrderLine, ...] = ()
    customer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """A trusted source cancelled an order as a whole; always published after its order."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"

    link_id: UUID
    namespace: str
    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EventsForgotten:
    """Events of these people are no longer in the log, because their time is over."""

    profile_ids: tuple[int, ...]
