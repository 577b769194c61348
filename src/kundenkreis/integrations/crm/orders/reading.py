"""Reading a file of order lines as a stream of orders, without holding more than is open.

An order's lines need not stand together: a first pass notes where each order ends. A line is named
by its order and its position in it, so two lines with the same content are two lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.customer_commands import Customer
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.integrations.crm.files import BadCell, Problem, header, rows
from kundenkreis.integrations.crm.orders.mapping import BadMapping, OrderMapping
from kundenkreis.kernel.money import to_minor

# How many digits stand before the decimal point at most, by column of an order line.
_WHOLE = Decimal(10) ** 11
_LONGEST = {
    "number": 80, "sku": 60, "name": 200, "customer_number": 40, "country": 80, "voucher": 60,
    "first_name": 80, "last_name": 80, "email": 320, "phone": 60, "postal": 320,
}  # fmt: skip


@dataclass(slots=True)
class Draft:
    """An order while its lines are being read."""

    number: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    lines: list[NewLine] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    placed_at: datetime | None = None
    several_times: bool = False
    said: dict[str, str] = field(default_factory=dict)

    def refused(self) -> list[Problem]:
        """All rows of an order that cannot be taken whole, each with its reason."""
        text = _("Another line of this order has a problem.")
        return [Problem(at, self.problems.get(at, text), row) for at, row in self.rows]


class OrderFile:
    """A CSV file (also `.gz`) of order lines, with the mapping that tells its columns."""

    def __init__(self, path: Path, mapping: OrderMapping) -> None:
        self.path, self.mapping = path, mapping
        self.header = header(path)
        wanted = mapping.columns
        missing = sorted(set(wanted.values()) - set(self.header))
        if missing:
            raise BadMapping(
                _("The file lacks columns that the mapping names."),
                _("They are: %s.") % ", ".join(missing),
                _("Correct the mapping, or choose another one with --mapping."),
            )
        self._place = {name: self.header.index(column) for name, column in wanted.items()}
        self._dates: dict[str, datetime] = {}

    def drafts(self) -> Iterator[Draft]:
        """The orders in the order in which they are complete, with or without problems."""
        place = self._place["number"]
        last = {row[place].strip() if len(row) > place else "": at for at, row in rows(self.path)}
        open_drafts: dict[str, Draft] = {}
        for at, row in rows(self.path):
            number = row[place].strip() if len(row) > place else ""
            draft = open_drafts.get(number)
            if draft is None:
                draft = open_drafts[number] = Draft(number)
            draft.rows.append((at, row))
            try:
                self._read(draft, row)
            except BadCell as error:
                draft.problems[at] = str(error)
            if last[number] == at:
                yield open_drafts.pop(number)

    def order(self, draft: Draft) -> NewOrder:
        """The order a draft without problems is; a repeated time stamp counts once, the first."""
        assert draft.placed_at is not None  # noqa: S101 - else it has a problem
        net = sum(line.net_minor for line in draft.lines)
        tax = sum(_tax(line) for line in draft.lines)
        prefix = self.mapping.cancellation_prefix
        takes_back = bool(prefix) and draft.number.startswith(prefix)
        return NewOrder(
            source=self.mapping.source,
            number=draft.number,
            placed_at=draft.placed_at,
            net_minor=net,
            tax_minor=tax,
            gross_minor=net + tax,
            currency=self.mapping.currency,
            lines=tuple(draft.lines),
            kind=Order.Kind.CANCELLATION if takes_back else Order.Kind.ORDER,
            customer=self._customer(draft),
            country=draft.said.get("country", ""),
            voucher=draft.said.get("voucher", ""),
        )

    def _read(self, draft: Draft, row: list[str]) -> None:
        if len(row) != len(self.header):
            text = _("The row has %(count)s cells, the header %(columns)s.")
            raise BadCell(text % {"count": len(row), "columns": len(self.header)})
        cells = {name: row[place].strip() for name, place in self._place.items()}
        for name, longest in _LONGEST.items():
            if len(cells.get(name, "")) > longest:
                text = _("%(column)s is longer than %(longest)s characters.")
                raise BadCell(text % {"column": self.mapping.columns[name], "longest": longest})
        if not draft.number:
            raise BadCell(_("The order has no number."))
        placed_at = self._instant(cells["placed_at"])
        draft.several_times |= draft.placed_at not in (None, placed_at)
        draft.placed_at = draft.placed_at or placed_at
        draft.lines.append(self._line(cells))
        for name, text in cells.items():
            if text:
                draft.said.setdefault(name, text)

    def _line(self, cells: dict[str, str]) -> NewLine:
        quantity = self._decimal(cells, "quantity", 3)
        price = self._decimal(cells, "unit_price", 4)
        rate = self._decimal(cells, "tax_rate", 2) if cells.get("tax_rate") else Decimal(0)
        net = to_minor(quantity * price, self.mapping.currency)
        return NewLine(cells.get("sku", ""), cells.get("name", ""), quantity, price, net, rate)

    def _decimal(self, cells: dict[str, str], name: str, places: int) -> Decimal:
        text = cells[name]
        if self.mapping.decimal_point == ",":
            text = text.replace(".", "").replace(",", ".")
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= _WHOLE:
            problem = _("%(column)s “%(value)s” is not a number that can be stored.")
        elif value != round(value, places):
            problem = _("%(column)s “%(value)s” has too many decimal places.")
        else:
            return value
        raise BadCell(problem % {"column": self.mapping.columns[name], "value": cells[name][:40]})

    def _instant(self, text: str) -> datetime:
        """The instant in UTC; of an hour that comes twice in autumn, the first."""
        known = self._dates.get(text)
        if known is not None:
            return known
        for pattern in self.mapping.dates:
            try:
                local = datetime.strptime(text, pattern).replace(tzinfo=self.mapping.tzinfo)
            except ValueError:
                continue
            if len(self._dates) > 10_000:
                self._dates.clear()
            self._dates[text] = local.astimezone(UTC)
            return self._dates[text]
        column = self.mapping.columns["placed_at"]
        raise BadCell(
            _("%(column)s “%(value)s” is not a time.") % {"column": column, "value": text[:40]}
        )

    def _customer(self, draft: Draft) -> Customer | None:
        said = draft.said
        if not said.get("customer_number"):
            return None
        names = ("customer_number", "first_name", "last_name", "email", "phone", "postal")
        given: dict[str, Any] = {name: said[name] for name in names if name in said}
        return Customer(source=self.mapping.source, company_wide=self.mapping.own_numbers, **given)


def _tax(line: NewLine) -> int:
    return int((line.net_minor * line.tax_rate / 100).quantize(Decimal(1), "ROUND_HALF_UP"))
