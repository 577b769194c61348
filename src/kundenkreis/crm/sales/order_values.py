"""An order as whoever reports it says it, and what must hold before it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.customer_commands import Customer
from kundenkreis.crm.sales.models import Order
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.money import to_minor


class AmountsDoNotAdd(DomainError):
    """Net and tax are not gross."""

    def __init__(self, number: str, net: int, tax: int, gross: int) -> None:
        super().__init__(
            _("The amounts of order %(number)s do not add up.") % {"number": number},
            _("Net %(net)s and tax %(tax)s are not gross %(gross)s (in minor units).")
            % {"net": net, "tax": tax, "gross": gross},
            _("Correct the order where it comes from and send it again."),
        )


@dataclass(frozen=True, slots=True)
class NewLine:
    """One position: net amount in minor units of the order's currency, rounded per line.

    `unit_price` is net and in major units, `tax_rate` in percent.
    """

    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    net_minor: int
    tax_rate: Decimal = Decimal(0)

    @classmethod
    def priced(
        cls, *, sku: str, name: str, quantity: Decimal, unit_price: Decimal, currency: str
    ) -> NewLine:
        """A line without tax whose amount is quantity × unit price, rounded half up."""
        net = to_minor(quantity * unit_price, currency)
        return cls(sku, name, quantity, unit_price, net)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order or the cancellation of goods; (source, number) names it for ever.

    Amounts in minor units of `currency`. Whose it is: `person_id` if known here, else `customer`
    (found or created), else nobody's.
    """

    source: str
    number: str
    placed_at: datetime
    net_minor: int
    tax_minor: int
    gross_minor: int
    currency: str
    lines: tuple[NewLine, ...] = ()
    kind: Order.Kind = Order.Kind.ORDER
    customer: Customer | None = None
    person_id: int | None = None
    country: str = ""
    voucher: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.source, self.number)

    def check(self) -> None:
        """Raises `AmountsDoNotAdd`."""
        if self.net_minor + self.tax_minor != self.gross_minor:
            raise AmountsDoNotAdd(self.number, self.net_minor, self.tax_minor, self.gross_minor)

    def says(self, order: Order) -> bool:
        """Whether a known order is the same in what counts: kind and amounts."""
        return (order.kind, order.net_minor, order.gross_minor, order.currency) == (
            str(self.kind),
            self.net_minor,
            self.gross_minor,
            self.currency,
        )
