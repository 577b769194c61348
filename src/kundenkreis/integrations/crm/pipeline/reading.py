"""Reading another system's folder of sales data into values, with notes on what was corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.files import BadCell, Problem, header, rows
from kundenkreis.integrations.crm.pipeline.mapping import BadMapping, PipelineMapping, lacking
from kundenkreis.kernel.money import to_minor

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A company; `revenue_minor` a year."""

    name: str
    industry: str
    founded: int | None
    revenue_minor: int | None
    employees: int | None
    country: str
    parent: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    name: str
    series: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class OwnerRow:
    name: str
    manager: str
    office: str


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    number: str
    owner: str
    product: str
    organisation: str
    stage: str
    opened_on: date | None
    closed_on: date | None
    value_minor: int | None


@dataclass(slots=True)
class Sales:
    """Everything a folder says, and what was not taken."""

    organisations: list[OrganisationRow] = field(default_factory=list)
    products: list[ProductRow] = field(default_factory=list)
    owners: list[OwnerRow] = field(default_factory=list)
    opportunities: list[OpportunityRow] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    corrected: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def read(folder: Path, mapping: PipelineMapping) -> Sales:
    """Read the four tables; rows that name what is not there are problems.

    Raises `BadMapping` when files or columns are missing.
    """
    if missing := lacking(mapping, folder):
        raise BadMapping(
            _("Files or columns are missing in %s.") % folder,
            _("They are: %s.") % ", ".join(missing),
            _("Correct the mapping, or choose another one with --mapping."),
        )
    return _Reader(folder, mapping).read()


class _Reader:
    def __init__(self, folder: Path, mapping: PipelineMapping) -> None:
        self.folder, self.mapping, self.sales = folder, mapping, Sales()

    def read(self) -> Sales:
        sales = self.sales
        sales.organisations = list(self._table("organisations", self._organisation))
        sales.products = list(self._table("products", self._product))
        sales.owners = list(self._table("owners", self._owner))
        names = {
            "organisation": {one.name for one in sales.organisations},
            "product": {one.name for one in sales.products},
            "owner": {one.name for one in sales.owners},
            "stage": {stage.name for stage in self.mapping.stages},
        }
        seen: set[str] = set()

        def opportunity(cells: Cells) -> OpportunityRow:
            for column, known in names.items():
                if cells[column] not in known and (cells[column] or column == "stage"):
                    text = _("There is no %(column)s “%(value)s”.")
                    raise BadCell(text % {"column": column, "value": cells[column][:80]})
            if cells["number"] in seen:
                raise BadCell(_("This opportunity is in the file already."))
            seen.add(cells["number"])
            return self._opportunity(cells)

        sales.opportunities = list(self._table("opportunities", opportunity))
        return sales

    def _table[R](self, name: str, make: Callable[[Cells], R]) -> Iterator[R]:
        table = self.mapping.tables[name]
        path = table.path(self.folder)
        assert path is not None  # noqa: S101 - `lacking` looked
        columns = header(path)
        place = {ours: columns.index(theirs) for ours, theirs in table.columns.items()}
        for line, row in rows(path):
            try:
                if len(row) != len(columns):
                    raise BadCell(_("The row has another number of cells than the header."))
                cells = {ours: row[at].strip() for ours, at in place.items()}
                if not next(iter(cells.values())):
                    raise BadCell(_("The first column of the mapping is empty."))
                yield make(self._corrected(name, cells))
            except BadCell as error:
                self.sales.problems.append((path.name, Problem(line, str(error), row)))

    def _corrected(self, table: str, cells: Cells) -> Cells:
        for column, text in cells.items():
            right = self.mapping.corrections.get(f"{table}.{column}", {}).get(text)
            if right is not None:
                self.sales.corrected[f"{table}.{column}", text, right] += 1
                cells[column] = right
        return cells

    def _organisation(self, cells: Cells) -> OrganisationRow:
        revenue = _number(cells["revenue"])
        amount = None if revenue is None else revenue * self.mapping.revenue_in
        return OrganisationRow(
            name=_short(cells["name"], 160),
            industry=_short(cells["industry"], 80),
            founded=_whole(cells["founded"]),
            revenue_minor=None if amount is None else to_minor(amount, self.mapping.currency),
            employees=_whole(cells["employees"]),
            country=_short(cells["country"], 80),
            parent=cells["parent"],
        )

    def _product(self, cells: Cells) -> ProductRow:
        name = _short(cells["name"], 60)
        return ProductRow(name, _short(cells["series"], 80), _number(cells["price"]))

    def _owner(self, cells: Cells) -> OwnerRow:
        return OwnerRow(
            _short(cells["name"], 80), _short(cells["manager"], 40), _short(cells["office"], 30)
        )

    def _opportunity(self, cells: Cells) -> OpportunityRow:
        value = _number(cells["value"])
        return OpportunityRow(
            number=_short(cells["number"], 60),
            owner=cells["owner"],
            product=cells["product"],
            organisation=cells["organisation"],
            stage=cells["stage"],
            opened_on=self._date(cells["opened_on"]),
            closed_on=self._date(cells["closed_on"]),
            value_minor=None if value is None else to_minor(value, self.mapping.currency),
        )

    def _date(self, text: str) -> date | None:
        if not text:
            return None
        for pattern in self.mapping.dates:
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a business date
            except ValueError:
                continue
        raise BadCell(_("“%s” is not a date.") % text[:40])


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise BadCell(
            _("“%(text)s…” is longer than %(longest)s characters.")
            % {"text": text[:20], "longest": longest}
        )
    return text


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 11:
        raise BadCell(_("“%s” is not a number that can be stored.") % text[:40])
    return value


def _whole(text: str) -> int | None:
    value = _number(text)
    if value is not None and (value != int(value) or not 0 <= value < 2**31):
        raise BadCell(_("“%s” is not a whole number.") % text[:40])
    return None if value is None else int(value)
