"""What a list page shows: one page of rows as rendered cells, with filters, counts and sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, conditions
from kundenkreis.records.fields import names
from kundenkreis.records.lists import groups, keyset
from kundenkreis.records.lists.addresses import changed, within
from kundenkreis.records.lists.columns import NARROWEST, WIDEST, columns_of, label_of, numeric
from kundenkreis.records.lists.counting import Counted, counted
from kundenkreis.records.lists.figures import Figures
from kundenkreis.records.lists.filters import PAGING, Filters, read
from kundenkreis.records.lists.grid import Grid, grid_columns
from kundenkreis.records.lists.grouped import Grouped, grouped
from kundenkreis.records.lists.grouping import PARAMETER, Grouping, grouping_of
from kundenkreis.records.lists.groupmenu import GroupMenu, group_menu
from kundenkreis.records.lists.groups import FOLDED
from kundenkreis.records.lists.ordering import order_of, sort_fields
from kundenkreis.records.lists.rows import rows_of, selectable
from kundenkreis.records.lists.totals import spoken, summed, total_of
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType
    from kundenkreis.records.fields import Info

PAGE_SIZE = 50
PADDING = 24  # of a head, both sides


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
    figures: Figures
    rows: list[SafeString] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    shown: int = 0  # records on this page
    query: str = ""
    previous_url: str = ""
    next_url: str = ""
    export_query: str = ""
    columns_url: str = ""  # the address without its columns
    grid: Grid | None = None
    selectable: bool = False
    grouped: Grouped | None = None

    @property
    def counted(self) -> Counted:
        return self.figures.counted

    @property
    def count(self) -> int:
        """The number of rows, or that they are more than."""
        return self.counted.number

    @property
    def totals(self) -> list[str]:
        """What the columns add up to, in words."""
        total = self.figures.total
        return spoken(total, self.figures.fields) if total is not None else []

    @property
    def group_menu(self) -> GroupMenu:
        return group_menu(self.filters, self.grouped.grouping if self.grouped else None)

    @property
    def foot(self) -> SafeString:
        return self.figures.foot(picked=self.selectable)

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
    where = _where(filters)
    return filters.search.among(kind.rows(viewer).filter(where)), filters


def _where(filters: Filters) -> Q:
    zone = ZoneInfo(settings.COMPANY_ZONE)
    return conditions.to_q(filters.tree, filters.vocabulary, clock.now(), zone)


def listing(
    kind: RecordType,
    viewer: Viewer,
    parameters: QueryDict,
    address: str,
    *,
    editing: bool = False,
) -> Listing:
    """Read one page of the list; `editing` its cells in place, where the viewer may edit any."""
    rows, filters, figured, parted = _figured(kind, viewer, parameters, address, editing=editing)
    columns = figured.columns
    order, fields, descending = order_of(kind, viewer, parameters)
    found = Listing(kind, filters, figured, query=parameters.get("q", "")[:100], grouped=parted)
    cursors = {name: parameters.get(name, "") for name in PAGING}
    whole = kind.rows(viewer)
    part: groups.Page | keyset.Page
    if parted:
        part = parted.page(rows, fields, size=PAGE_SIZE, descending=descending, **cursors)
        known = whole.in_bulk(part.pks)
        records = [known[pk] for pk in part.pks if pk in known]
    else:
        near: QuerySet[Any] | set[int] | None
        near = filters.search.one_by_one(whole.filter(_where(filters)))
        part_of_all = filters.active or filters.search.text or whole.query.where
        many = part_of_all and figured.counted.number > keyset.NEAR
        if near is None and many and keyset.along_an_index(kind.model, tuple(fields)):
            numbers = None if filters.active else filters.search.known
            near = rows if numbers is None else numbers
        part = keyset.page(
            rows, fields, size=PAGE_SIZE, whole=whole, near=near, descending=descending, **cursors
        )
        records = part.rows
    state = {order: "descending" if descending else "ascending"}
    found.heads = [
        _head(kind, viewer, one, parameters, address, state.get(one.name, "")) for one in columns
    ]
    if editing and not (parted and parted.grouping.info.several):  # a row stands there once
        grid = Grid(kind, viewer, columns)
        found.grid = grid if grid.names else None
    found.selectable = selectable(kind, viewer)
    way = within(parameters, **_idle(kind, parameters, filters, order, parted))
    made = rows_of(kind, columns, records, way, found.grid, picked=found.selectable)
    found.rows, found.shown = made, len(records)
    if parted and isinstance(part, groups.Page):
        by_pk = {record.pk: row for record, row in zip(records, made, strict=True)}
        found.rows = parted.rows(figured, part, by_pk, picked=found.selectable)
    turn = partial(changed, address, parameters)
    found.previous_url = turn(before=part.before, after="") if part.before else ""
    found.next_url = turn(after=part.after, before="") if part.after else ""
    found.export_query = changed("", parameters, after="", before="")
    found.columns_url = turn(columns="", after="", before="")
    return found


def figures(
    kind: RecordType,
    viewer: Viewer,
    parameters: QueryDict,
    address: str,
    *,
    editing: bool = False,
) -> Figures:
    """What the list counts and adds up, exactly, however long it is. Raises `DomainError`."""
    return _figured(kind, viewer, parameters, address, exact=True, editing=editing)[2]


def grouped_of(
    kind: RecordType, viewer: Viewer, parameters: QueryDict
) -> tuple[QuerySet[Any], Grouped | None]:
    """The rows of a list, and its groups where it has any, for whom only their order matters."""
    rows, filters = narrowed(kind, viewer, parameters, "")
    grouping = grouping_of(kind, viewer, filters.vocabulary, parameters)
    if grouping is None:
        return rows, None
    active = filters.active
    rows, number = counted(kind, viewer, rows, filtered=active, search=filters.search)
    try:
        return rows, _grouped(grouping, rows, (), filters, exact=number.exact)
    except groups.TooMany:
        return rows, None


def _figured(
    kind: RecordType,
    viewer: Viewer,
    parameters: QueryDict,
    address: str,
    *,
    exact: bool = False,
    editing: bool = False,
) -> tuple[QuerySet[Any], Filters, Figures, Grouped | None]:
    """The rows of a list, and what is counted and added up of them: all if `exact`."""
    rows, filters = narrowed(kind, viewer, parameters, address)
    columns = (grid_columns if editing else columns_of)(kind, viewer, parameters)
    fields = summed(kind, columns)
    if exact:
        number = Counted(0)
    else:
        active = filters.active
        rows, number = counted(kind, viewer, rows, filtered=active, search=filters.search)
    query = changed("", parameters, after="", before="")
    found = Figures(kind, columns, fields, number, f"{kind.url('totals')}{query}")
    if exact or (number.exact and fields):
        found.total = total_of(rows, fields)
    if exact and found.total:
        found.counted = Counted(found.total.count)
    grouping = grouping_of(kind, viewer, filters.vocabulary, parameters)
    if grouping is None:
        return rows, filters, found, None
    try:
        made = _grouped(grouping, rows, fields, filters, exact=exact or number.exact)
    except groups.TooMany:
        found.ungrouped = str(grouping.field.label)
        return rows, filters, found, None
    found.groups = made.groups
    return rows, filters, found, made


def _grouped(
    grouping: Grouping,
    rows: QuerySet[Any],
    fields: Sequence[Info],
    filters: Filters,
    *,
    exact: bool,
) -> Grouped:
    moment = conditions.Moment(clock.now(), ZoneInfo(settings.COMPANY_ZONE))
    sort = filters.parameters.get("sort", "") or grouping.kind.order
    return grouped(grouping, rows, fields, filters, moment, sort=sort, exact=exact)


def _idle(
    kind: RecordType,
    parameters: QueryDict,
    filters: Filters,
    order: str,
    grouped: Grouped | None,
) -> dict[str, str]:
    """The parameters that changed nothing for this viewer, emptied: nothing of them is told on."""
    known = set(names(kind.model)) - set(filters.chosen)
    idle = {name: "" for name in parameters if name in known}
    if parameters.get("sort", "").removeprefix("-") != order:
        idle["sort"] = ""
    if grouped is None:
        idle[PARAMETER] = ""
    return {**idle, "where": filters.where, FOLDED: ""}


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
