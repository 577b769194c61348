"""What the shop tells others: its server about orders, its pages through the data layer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .catalogue import CATEGORIES, Product
from .prices import CURRENCY, TAX_RATE, Totals, gross
from .store import Cart, text

Json = dict[str, Any]


@dataclass(frozen=True)
class Buyer:
    """Who orders, in which language, when; `visitor` is empty without consent."""

    number: str
    visitor: str
    language: str
    at: datetime

    def message(self, event: str, order_id: str, properties: Json) -> Json:
        """A Segment-compatible track call; the same order and event have the same messageId."""
        message: Json = {
            "type": "track",
            "event": event,
            "messageId": f"{order_id}-{event.rpartition(' ')[2].lower()}",
            "userId": self.number,
            "timestamp": text(self.at),
            "context": {"locale": self.language},
            "properties": {"order_id": order_id, **properties},
        }
        if self.visitor:
            message["anonymousId"] = self.visitor
        return message


def order_completed(
    buyer: Buyer, *, order_id: str, cart: Cart, totals: Totals, address: dict[str, str]
) -> Json:
    """The server's message about an order.

    Amounts are decimal strings in euros. `price` is the unit price charged, without VAT and after
    the voucher; Σ quantity × price + shipping + tax = total; `discount` is for information.
    """
    products = [
        {
            "product_id": line.product.slug,
            "sku": line.product.sku,
            "name": line.product.name[0 if buyer.language == "de" else 1],
            "quantity": line.quantity,
            "price": str(line.unit_net),
            "tax_rate": str(TAX_RATE),
        }
        for line in totals.lines
    ]
    properties: Json = {
        "cart_id": cart.cart_id,
        "total": str(totals.total),
        "tax": str(totals.tax),
        "shipping": str(totals.shipping),
        "discount": str(totals.discount),
        "currency": CURRENCY,
        "products": products,
        "customer": {"customer_number": buyer.number, **address},
    }
    if cart.voucher:
        properties["coupon"] = cart.voucher
    return buyer.message("Order Completed", order_id, properties)


def order_cancelled(buyer: Buyer, *, order_id: str) -> Json:
    """The server's message about a cancelled order."""
    return buyer.message("Order Cancelled", order_id, {})


def item(product: Product, quantity: int = 1) -> Json:
    """One article as other tools' data layer expects it; the price is the one on the page."""
    return {
        "item_id": product.slug,
        "sku": product.sku,
        "item_name": product.name[0],
        "item_category": CATEGORIES[product.category][0],
        "price": float(gross(product.net)),
        "quantity": quantity,
    }


def layer(event: str, items: list[Json], *, cart: Cart | None = None, **more: Any) -> Json:
    """An ecommerce event for `window.dataLayer`."""
    value = sum((Decimal(str(one["price"])) * one["quantity"] for one in items), Decimal(0))
    ecommerce = {"currency": CURRENCY, "value": float(value), "items": items, **more}
    if cart:
        ecommerce["cart_id"] = cart.cart_id
    return {"event": event, "ecommerce": ecommerce}
