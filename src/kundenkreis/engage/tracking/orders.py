"""Orders in the words of the Segment specification, as amounts that add up.

`total` is what the customer pays, `tax` the tax in it; prices of products are net of tax and after
discounts. Where `total` is missing it is revenue (or subtotal, or the lines) + shipping + tax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kundenkreis.engage.tracking.cleaning import Unusable, amount, line
from kundenkreis.engage.tracking.events import OrderLine
from kundenkreis.engage.tracking.vocabulary import TRAITS
from kundenkreis.kernel.money import CURRENCIES, CURRENCY, to_minor

MOST_LINES = 1_000
_ZERO = Decimal(0)
_TOO_MUCH = Decimal(10) ** 11  # what 15 digits hold with four decimal places
_MOST_MINOR = 10**13  # of a total or a line: sums of very many still fit 64 bits

# What the customer system may learn from a shop's customer block; everything else stays out.
_CUSTOMER = (
    "customer_number", "number", "first_name", "last_name", "name", "company", "email", "phone",
    "street", "address", "postal_code", "zip", "city", "country", "language", "locale",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What an order event says, in minor units of `currency`, with net + tax = gross."""

    net_minor: int
    tax_minor: int
    gross_minor: int
    currency: str
    voucher: str
    country: str
    lines: tuple[OrderLine, ...]
    customer: dict[str, Any]


def order_facts(properties: Mapping[str, Any], user_id: str) -> OrderFacts:
    """Read an order. Raises `Unusable` when its amounts or currency cannot be understood."""
    currency = currency_of(properties) or CURRENCY
    lines = _lines(properties.get("products"), currency)
    tax = amount(properties.get("tax")) or _ZERO
    gross = amount(properties.get("total"))
    if gross is None:
        gross = _goods(properties, lines) + (amount(properties.get("shipping")) or _ZERO) + tax
    if not _ZERO <= tax <= gross:
        raise Unusable
    gross_minor, tax_minor = minor_units(gross, currency), minor_units(tax, currency)
    customer = customer_of(properties.get("customer"), user_id)
    if "email" not in customer and _text(properties.get("email"), 320):
        customer["email"] = _text(properties.get("email"), 320)
    return OrderFacts(
        net_minor=gross_minor - tax_minor,
        tax_minor=tax_minor,
        gross_minor=gross_minor,
        currency=currency,
        voucher=_text(properties.get("coupon"), 60),
        country=_text(properties.get("country"), 80) or customer.get("country", ""),
        lines=lines,
        customer=customer,
    )


def currency_of(properties: Mapping[str, Any]) -> str:
    """The ISO 4217 code of the properties, empty without one. Raises `Unusable` for nonsense."""
    value = properties.get("currency")
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or value.upper() not in CURRENCIES:
        raise Unusable
    return value.upper()


def minor_units(value: Decimal, currency: str) -> int:
    """An amount in minor units. Raises `Unusable` beyond ±10¹³."""
    if abs(value) <= _MOST_MINOR:  # larger ones cannot even be scaled
        found = to_minor(value, currency)
        if abs(found) <= _MOST_MINOR:
            return found
    raise Unusable


def customer_of(said: Any, user_id: str) -> dict[str, Any]:
    """The customer block, with our names and without what is not needed.

    Its number is the shop's own and names nobody anywhere else.
    """
    block = dict(said) if isinstance(said, dict) else {}
    address = block.get("address")
    if isinstance(address, dict):
        block = {**address, **block, "address": address.get("street")}
    named = {TRAITS.get(name, name): value for name, value in block.items()}
    customer = {name: text for name in _CUSTOMER if (text := _text(named.get(name), 320))}
    if user_id and not ({"customer_number", "number"} & customer.keys()):
        customer["customer_number"] = user_id
    return customer


def _goods(properties: Mapping[str, Any], lines: tuple[OrderLine, ...]) -> Decimal:
    for name in ("revenue", "subtotal"):
        value = amount(properties.get(name))
        if value is not None:
            return value
    if not lines:
        raise Unusable
    return sum((line.quantity * line.unit_price for line in lines), _ZERO)


def _lines(products: Any, currency: str) -> tuple[OrderLine, ...]:
    if products is None:
        return ()
    if not isinstance(products, list) or len(products) > MOST_LINES:
        raise Unusable
    return tuple(
        _line(position, product, currency)
        for position, product in enumerate(products, start=1)
        if isinstance(product, dict)
    )


def _line(position: int, product: Mapping[str, Any], currency: str) -> OrderLine:
    quantity = _number(product.get("quantity"), Decimal(1), "0.001")
    price = _number(product.get("price"), _ZERO, "0.0001")
    tax_rate = _number(product.get("tax_rate"), _ZERO, "0.01")
    return OrderLine(
        position=position,
        sku=_text(product.get("sku") or product.get("product_id"), 60),
        name=_text(product.get("name"), 200),
        quantity=quantity,
        unit_price=price,
        tax_rate=tax_rate if 0 <= tax_rate <= 100 else _ZERO,
        net_minor=minor_units(quantity * price, currency),
    )


def _number(value: Any, default: Decimal, step: str) -> Decimal:
    found = amount(value)
    if found is None:
        return default
    if abs(found) >= _TOO_MUCH:
        raise Unusable
    return found.quantize(Decimal(step), ROUND_HALF_UP)


def _text(value: Any, longest: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return line(str(value)).strip()[:longest]
