"""How many rows a list has and what its columns add up to: in all, and for each of its groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DecimalField, F, PositiveSmallIntegerField, Sum
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.money import digits
from kundenkreis.records.fields import column_names
from kundenkreis.records.lists.columns import info_of
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django.db.models import Expression, QuerySet

    from kundenkreis.records.declaration import Column, RecordType
    from kundenkreis.records.fields import Info

PLACES = 2  # of a sum or an average
CURRENCIES = 10  # that one sum may have


@dataclass(slots=True)
class Added:
    """What one column adds up to: by currency, which plain numbers have none of."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    values: int = 0

    def add(self, currency: str, amount: Any, values: int) -> None:
        self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + Decimal(amount)
        self.values += values

    def join(self, other: Added) -> None:
        """Add what other rows have."""
        for currency, amount in other.amounts.items():
            self.add(currency, amount, 0)
        self.values += other.values

    def share(self, percent: int) -> Added:
        """A part of it, in whole minor units."""
        parts = {code: round(amount * percent / 100) for code, amount in self.amounts.items()}
        return Added({code: Decimal(part) for code, part in parts.items()}, self.values)

    def texts(self, *, exact: bool = False) -> list[str]:
        """The sums as people read them, the largest first; `exact` says cents where there are none
        too, as the cells above do."""
        found = sorted(self.amounts.items(), key=lambda one: -abs(one[1]))[:CURRENCIES]
        return [
            formats.money(int(amount), code, whole=not exact and _is_whole(amount, code))
            if code
            else _number(amount)
            for code, amount in found
        ]

    @property
    def average(self) -> str:
        """That of plain numbers."""
        amount = self.amounts.get("")
        return _number(amount / self.values) if amount is not None and self.values > 1 else ""


@dataclass(slots=True)
class Total:
    """The number of some rows, and what their columns add up to, by name."""

    count: int = 0
    added: dict[str, Added] = field(default_factory=dict)

    def join(self, other: Total) -> None:
        """Add what other rows have."""
        self.count += other.count
        for name, one in other.added.items():
            self.added.setdefault(name, Added()).join(one)


def summed(kind: RecordType, columns: Iterable[Column]) -> list[Info]:
    """The fields among the columns that can be added up: amounts and numbers, but no years, and no
    prices of single things, which are numbers beside a currency."""
    found = [(one, info_of(kind, one)) for one in columns]
    priced = "currency" in column_names(kind.model)
    return [
        field
        for column, field in found
        if field is not None
        and field.numeric
        and column.cell is None
        and not field.column.primary_key
        and not isinstance(field.column, PositiveSmallIntegerField)
        and not (priced and field.definition is None and isinstance(field.column, DecimalField))
    ]


def total_of(rows: QuerySet[Any], fields: Sequence[Info]) -> Total:
    """The total of all rows."""
    found = Total()
    for _value, total in totals_by(rows, fields):
        found.join(total)
    return found


def totals_by(
    rows: QuerySet[Any], fields: Sequence[Info], by: Expression | F | None = None
) -> Iterator[tuple[Any, Total]]:
    """The totals by the values of an expression; one value may come several times."""
    rows = rows.order_by()
    own = any(isinstance(one.sql_currency, F) for one in fields)
    grouped = [*(["group_value"] if by is not None else []), *(["currency"] if own else [])]
    if by is not None:
        rows = rows.annotate(group_value=by)
    what: dict[str, Any] = {"group_count": Count("*")}
    for place, one in enumerate(fields):
        what |= {f"sum_{place}": Sum(one.sql), f"values_{place}": Count(one.sql)}
    found = rows.values(*grouped).annotate(**what) if grouped else [rows.aggregate(**what)]
    for row in found:
        total = Total(row["group_count"])
        for place, one in enumerate(fields):
            if row[f"sum_{place}"] is not None:
                added = total.added.setdefault(one.name, Added())
                added.add(_currency(one, row), row[f"sum_{place}"], row[f"values_{place}"])
        yield row.get("group_value"), total


def spoken(total: Total, fields: Sequence[Info]) -> list[str]:
    """The sums of a total in words, for where there is no column to put them below."""
    return [
        _("%(field)s: %(sum)s") % {"field": one.label, "sum": text}
        for one in fields
        if one.name in total.added
        for text in total.added[one.name].texts()
    ]


def _is_whole(amount: Decimal, currency: str) -> bool:
    """Whether an amount in minor units has no cents that would have to be said."""
    return bool(amount % 10 ** digits(currency) == 0)


def _currency(one: Info, row: dict[str, Any]) -> str:
    return one.currency_among(row.get("currency")) if one.kind is Kind.MONEY else ""


def _number(amount: Decimal) -> str:
    rounded = round(amount, PLACES).normalize()
    exponent = rounded.as_tuple().exponent
    return formats.number(rounded, max(-exponent, 0) if isinstance(exponent, int) else 0)
