"""What exposed people did afterwards: orders within the campaign's window, net of tax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from uuid import UUID

from kundenkreis.crm.sales.models import Order
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.uplift.people import BATCH, Exposed


@dataclass(slots=True)
class Sums:
    """Sums over the people of one variant, exact: whole people and minor units of money."""

    people: int = 0
    buyers: int = 0
    revenue_people: int = 0
    revenue: int = 0
    revenue_squares: int = 0
    orders: int = 0

    def add(self, orders: int, revenue: int) -> None:
        """Count one person with what they ordered."""
        self.people += 1
        self.orders += orders
        self.buyers += bool(orders)
        self.revenue += revenue
        self.revenue_squares += revenue * revenue
        self.revenue_people += bool(revenue)


@dataclass(slots=True)
class Outcomes:
    """Sums per variant, and how many orders were left out for being in another currency."""

    sums: dict[int, Sums] = field(default_factory=dict)
    other_currency: int = 0


def outcomes(campaign: Campaign, people: Iterable[Exposed]) -> Outcomes:
    """Purchases and revenue per person, from exposure until the window closes.

    Revenue is the net of orders in the campaign's currency, cancelled ones left out and
    cancellations (negative) taken in, as known now. A cancelled order is no purchase.
    """
    result = Outcomes({variant.pk: Sums() for variant in campaign.variants.all()})
    window = timedelta(hours=campaign.window_hours)
    for batch in batched(people, BATCH, strict=False):
        orders = _orders(person.link_id for person in batch if person.link_id)
        for person in batch:
            bought, revenue = 0, 0
            for order in orders.get(person.link_id, []) if person.link_id else []:
                if not person.at <= order.placed_at < person.at + window:
                    continue
                if order.currency != campaign.currency:
                    result.other_currency += 1
                    continue
                bought += order.kind == Order.Kind.ORDER
                revenue += order.net_minor
            result.sums.setdefault(person.variant_id, Sums()).add(bought, revenue)
    return result


def _orders(link_ids: Iterable[UUID | None]) -> dict[UUID, list[Order]]:
    found: dict[UUID, list[Order]] = {}
    placed = Order.objects.filter(person__link_id__in=set(link_ids), state=Order.State.PLACED)
    for order in placed.select_related("person").order_by("id"):
        if order.person is not None and order.person.link_id is not None:
            found.setdefault(order.person.link_id, []).append(order)
    return found
