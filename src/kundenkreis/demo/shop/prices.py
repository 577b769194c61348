"""What a cart costs. Every amount is a Decimal in euros."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .catalogue import BY_SLUG, Product

CURRENCY = "EUR"
TAX_RATE = Decimal("0.19")  # German standard rate of VAT
VOUCHER_OFF = Decimal("0.20")
SHIPPING_NET = Decimal("5.00")
FREE_SHIPPING_FROM = Decimal("100.00")  # gross value of the goods
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Rounds to the cent, half up as on a German invoice."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def gross(net: Decimal) -> Decimal:
    """Adds VAT."""
    return cents(net * (1 + TAX_RATE))


@dataclass(frozen=True)
class Line:
    """One product in a cart; `unit_net` is what is charged, after a voucher."""

    product: Product
    quantity: int
    unit_net: Decimal

    @property
    def net(self) -> Decimal:
        """Charged for the line without VAT."""
        return self.unit_net * self.quantity

    @property
    def full_gross(self) -> Decimal:
        """Price of the line before a voucher, with VAT."""
        return gross(self.product.net) * self.quantity


@dataclass(frozen=True)
class Totals:
    """The sum of a cart: goods + shipping + tax = total."""

    lines: tuple[Line, ...]
    shipping: Decimal
    """Without VAT."""

    @property
    def goods(self) -> Decimal:
        """Charged for all lines without VAT."""
        return sum((line.net for line in self.lines), Decimal("0.00"))

    @property
    def discount(self) -> Decimal:
        """What the voucher took off, without VAT."""
        return sum(
            (line.product.net * line.quantity - line.net for line in self.lines), Decimal("0.00")
        )

    @property
    def tax(self) -> Decimal:
        """VAT on goods and shipping."""
        return cents((self.goods + self.shipping) * TAX_RATE)

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.goods + self.shipping + self.tax


def price(items: Mapping[str, int], *, with_voucher: bool) -> Totals:
    """Prices a cart of product slug → quantity; unknown slugs are left out."""
    factor = 1 - VOUCHER_OFF if with_voucher else Decimal(1)
    lines = tuple(
        Line(BY_SLUG[slug], quantity, cents(BY_SLUG[slug].net * factor))
        for slug, quantity in items.items()
        if slug in BY_SLUG
    )
    goods = sum((line.net for line in lines), Decimal("0.00"))
    free = not lines or gross(goods) >= FREE_SHIPPING_FROM
    return Totals(lines, Decimal("0.00") if free else SHIPPING_NET)
