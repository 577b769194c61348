"""What a list page shows: one page of rows as rendered cells, with filters, counts and sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, conditions
from kundenkreis.records.fields import names
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.addresses import changed, within
from kundenkreis.records.lists.columns import NARROWEST, WIDEST, columns_of, label_of, numeric
from kundenkreis.records.lists.filters import Filters, read
from kundenkreis.records.lists.grid import Grid
from kundenkreis.records.lists.ordering import order_of, sort_fields
from kundenkreis.records.lists.rows import rows_of, selectable
from kundenkreis.records.search.finding import searched
from kundenkreis.ui import formats
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType

PAGE_SIZE = 50
PADDING = 24  # of a head, both sides
COUNTED = 10_000  # beyond, a list says "more than"
FEW = 1_000  # and so does a search: who finds that many types another letter


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head as `ui/table.html` reads it."""

    name: str
    label: str
    numeric: bool
    sort_url: str
    sorted: str
    width: int

    @property
    def spacer(self) -> int:
        """What keeps the width where a table is short of room: the head without its padding."""
        return max(self.width - PADDING, 0)

    @property
    def edge(self) -> SafeString:
        """What is dragged to make the column wider: `kk-columns` does the rest."""
        return markup(
            '<span class="edge" role="separator" tabindex="0" aria-orientation="vertical"'
            ' aria-valuemin="{}" aria-valuemax="{}" aria-valuenow="{}" aria-label="{}"></span>',
            NARROWEST,
            WIDEST,
            self.width or NARROWEST,
            _("Width of %(column)s") % {"column": self.label},
        )


@dataclass(slots=True)
class Listing:
    """One page of a list, ready for its template."""

    kind: RecordType
    filters: Filters
    rows: list[SafeString] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    count: int = 0
    counted_to: int = COUNTED
    totals: list[str] = field(default_factory=list)
    query: str = ""
    previous_url: str = ""
    next_url: str = ""
    export_query: str = ""
    columns_url: str = ""  # the address without its columns
    grid: Grid | None = None
    selectable: bool = False

    @property
    def counted(self) -> str:
        """The number of rows, or that there are more than we count."""
        most = self.counted_to
        return f"> {formats.number(most)}" if self.count > most else formats.number(self.count)

    @property
    def new_row(self) -> SafeString:
        """An empty row that becomes a record."""
        return self.grid.new_row(picked=self.selectable) if self.grid else joined()

    @property
    def narrowed(self) -> bool:
        return self.filters.active or bool(self.query)


def narrowed(
    kind: RecordType, viewer: Viewer, parameters: QueryDict, address: str
) -> tuple[QuerySet[Any], Filters]:
    """The visible rows that match the request's filters and search."""
    filters = read(kind, viewer, parameters, address)
    where = conditions.to_q(
        filters.tree, filters.vocabulary, clock.now(), ZoneInfo(settings.COMPANY_ZONE)
    )
    rows = kind.rows(viewer).filter(where)
    return searched(kind, viewer, rows, parameters.get("q", "")[:100]), filters


def listing(
    kind: RecordType,
    viewer: Viewer,
    parameters: QueryDict,
    address: str,
    *,
    editing: bool = False,
) -> Listing:
    """Read one page of the list; `editing` its cells in place, where the viewer may edit any."""
    rows, filters = narrowed(kind, viewer, parameters, address)
    columns = columns_of(kind, viewer, parameters)
    order, fields, descending = order_of(kind, viewer, parameters)
    found = Listing(kind, filters, query=parameters.get("q", "")[:100])
    found.counted_to = FEW if found.query else COUNTED
    rows, found.count = _counted(kind, viewer, rows, found)
    page = keyset.page(
        rows,
        fields,
        size=PAGE_SIZE,
        whole=kind.rows(viewer),
        descending=descending,
        after=parameters.get("after", ""),
        before=parameters.get("before", ""),
    )
    found.totals = _totals(columns, rows) if found.count <= found.counted_to else []
    state = {order: "descending" if descending else "ascending"}
    found.heads = [
        _head(kind, viewer, one, parameters, address, state.get(one.name, "")) for one in columns
    ]
    if editing:
        grid = Grid(kind, viewer, columns)
        found.grid = grid if grid.names else None
    found.selectable = selectable(kind, viewer)
    way = within(parameters, **_idle(kind, parameters, filters, order))
    found.rows = rows_of(kind, columns, page.rows, way, found.grid, picked=found.selectable)
    turn = partial(changed, address, parameters)
    found.previous_url = turn(before=page.before, after="") if page.before else ""
    found.next_url = turn(after=page.after, before="") if page.after else ""
    found.export_query = changed("", parameters, after="", before="")
    found.columns_url = turn(columns="", after="", before="")
    return found


def _idle(kind: RecordType, parameters: QueryDict, filters: Filters, order: str) -> dict[str, str]:
    """The parameters that changed nothing for this viewer, emptied: nothing of them is told on."""
    known = set(names(kind.model)) - set(filters.chosen)
    idle = {name: "" for name in parameters if name in known}
    if parameters.get("sort", "").removeprefix("-") != order:
        idle["sort"] = ""
    return {**idle, "where": filters.where}


def _counted(
    kind: RecordType, viewer: Viewer, rows: QuerySet[Any], found: Listing
) -> tuple[QuerySet[Any], int]:
    """The rows and how many there are; where they may be few, these few by their keys.

    A condition without an index is then asked once: not again to count, and not along the order of
    the list, which ends late when hardly a row matches.
    """
    unordered = rows.order_by()
    if found.narrowed:
        keys = list(unordered.values_list("pk", flat=True)[: FEW + 1])
        if len(keys) <= FEW:
            return kind.rows(viewer).filter(pk__in=keys), len(keys)
        if found.counted_to == FEW:
            return rows, len(keys)
    return rows, unordered[: found.counted_to + 1].count()


def _head(
    kind: RecordType,
    viewer: Viewer,
    column: Column,
    parameters: QueryDict,
    address: str,
    direction: str,
) -> Head:
    sort_url = ""
    if sort_fields(kind, viewer, column):
        sort = f"-{column.name}" if direction == "ascending" else column.name
        sort_url = changed(address, parameters, sort=sort, after="", before="")
    label = label_of(kind, column)
    return Head(column.name, label, numeric(kind, column), sort_url, direction, column.width)


def _totals(columns: Sequence[Column], rows: QuerySet[Any]) -> list[str]:
    """Sums of the money columns marked `total`, one text per currency."""
    named = [column.name for column in columns if column.total]
    if not named:
        return []
    sums = (
        rows.order_by().values("currency").annotate(**{f"sum_{name}": Sum(name) for name in named})
    )
    return [
        formats.money(row[f"sum_{name}"], row["currency"] or "EUR", whole=True)
        for name in named
        for row in sums[:10]
        if row[f"sum_{name}"] is not None
    ]
