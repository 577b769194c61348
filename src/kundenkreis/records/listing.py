"""What a list page shows: one page of rows as rendered cells, with filters, counts and sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.http import QueryDict

from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.access import readable_at
from kundenkreis.records import cells, keyset
from kundenkreis.records.addresses import changed, within
from kundenkreis.records.directory import Directory
from kundenkreis.records.fields import Info, info
from kundenkreis.records.filters import Filters, read
from kundenkreis.records.grid import Grid
from kundenkreis.records.search import searched
from kundenkreis.ui import formats
from kundenkreis.ui.markup import escaped, joined, markup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType

PAGE_SIZE = 50
COUNTED = 10_000  # beyond, a list says "more than"
FEW = 1_000  # and so does a search: who finds that many types another letter


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head as `ui/table.html` reads it."""

    label: str
    numeric: bool
    sort_url: str
    sorted: str


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
    grid: Grid | None = None

    @property
    def counted(self) -> str:
        """The number of rows, or that there are more than we count."""
        most = self.counted_to
        return f"> {formats.number(most)}" if self.count > most else formats.number(self.count)

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


def order_of(
    kind: RecordType, viewer: Viewer, parameters: QueryDict
) -> tuple[Column | None, list[str], bool]:
    """The column, the fields and the direction a list is sorted by."""
    wanted = parameters.get("sort", "") or kind.order
    column = kind.column(wanted.removeprefix("-"))
    if column is None or not sort_fields(kind, viewer, column):
        wanted = kind.order
        column = kind.column(wanted.removeprefix("-"))
    name = wanted.removeprefix("-")
    plain = [] if name in ("id", "pk") or not kind.sees(viewer, name) else [name]
    fields = sort_fields(kind, viewer, column) if column else plain
    return column, fields, wanted.startswith("-")


def sort_fields(kind: RecordType, viewer: Viewer, column: Column) -> list[str]:
    """The fields a column sorts by: those declared, else itself when it is a plain field.

    None by what the viewer may not read of every row: the order would tell it.
    """
    if not kind.sees(viewer, column.name):
        return []
    if column.sort:
        known = all(readable_at(viewer, kind.model, name) == Q() for name in column.sort)
        return list(column.sort) if known else []
    found = _info(kind, column)
    return [found.name] if found is not None and found.sortable else []


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
    columns = kind.columns_for(viewer)
    column, fields, descending = order_of(kind, viewer, parameters)
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
    found.heads = [
        _head(kind, viewer, one, parameters, address, one is column, descending) for one in columns
    ]
    if editing:
        grid = Grid(kind, viewer, columns)
        found.grid = grid if grid.names else None
    found.rows = _rows(kind, columns, page.rows, within(parameters), found.grid)
    turn = partial(changed, address, parameters)
    found.previous_url = turn(before=page.before, after="") if page.before else ""
    found.next_url = turn(after=page.after, before="") if page.after else ""
    found.export_query = changed("", parameters, after="", before="")
    return found


def rendered(
    kind: RecordType, viewer: Viewer, parameters: QueryDict, pks: list[int]
) -> dict[int, SafeString]:
    """Single rows of a list whose cells are edited, by number."""
    columns = kind.columns_for(viewer)
    records = list(kind.rows(viewer).filter(pk__in=pks))
    grid = Grid(kind, viewer, columns)
    rows = _rows(kind, columns, records, within(parameters), grid)
    return {record.pk: row for record, row in zip(records, rows, strict=True)}


def _rows(
    kind: RecordType,
    columns: tuple[Column, ...],
    records: list[Any],
    way: str,
    grid: Grid | None,
) -> list[SafeString]:
    directory = Directory(records)
    makers = [
        _maker(kind, one, directory, way, grid, first=one is kind.columns[0]) for one in columns
    ]

    def start(record: Any) -> str:
        url = f"{kind.url(record.pk)}{way}"
        return grid.row(record, url) if grid else markup('<tr data-url="{}">', url)

    return [
        joined(start(record), *(make(record) for make in makers), "</tr>\n") for record in records
    ]


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


def text_of(kind: RecordType, column: Column, record: Any, directory: Directory) -> str:
    """A column's content as plain text, for files."""
    if column.text is not None:
        return column.text(record)
    found = _info(kind, column)
    if found is None:
        return str(column.cell(record)) if column.cell else ""
    value = found.value(record)
    if value is None:
        return ""
    if found.directory:
        return directory.name(found.name, value)
    return cells.written(found, value)


def label_of(kind: RecordType, column: Column) -> str:
    found = _info(kind, column)
    return str(column.label or (found.label if found else column.name))


def _info(kind: RecordType, column: Column) -> Info | None:
    try:
        return info(kind.model, column.name)
    except LookupError:
        return None


def _maker(
    kind: RecordType,
    column: Column,
    directory: Directory,
    way: str,
    grid: Grid | None,
    *,
    first: bool,
) -> Callable[[Any], str]:
    """What makes the cells of a column."""
    found = _info(kind, column)
    classes = " ".join(
        name
        for name, on in (
            ("primary-cell", first),
            ("numeric", bool(found and found.numeric and not column.cell)),
            ("keep", column.keep),
        )
        if on
    )

    def content(record: Any) -> object:
        if first:
            return cells.titled(kind, record, way)
        if column.cell is not None:
            return column.cell(record)
        return cells.shown(found, record, directory) if found else ""

    if grid is not None:
        opening = grid.opening(column, classes)
        return lambda record: f"{opening(record)}{escaped(content(record))}</td>"
    start = markup('<td class="{}">', classes)
    return lambda record: f"{start}{escaped(content(record))}</td>"


def _head(
    kind: RecordType,
    viewer: Viewer,
    column: Column,
    parameters: QueryDict,
    address: str,
    current: bool,
    descending: bool,
) -> Head:
    found = _info(kind, column)
    numeric = bool(found and found.numeric and not column.cell)
    sort_url = ""
    if sort_fields(kind, viewer, column):
        back = current and not descending
        sort = f"-{column.name}" if back else column.name
        sort_url = changed(address, parameters, sort=sort, after="", before="")
    state = ("descending" if descending else "ascending") if current else ""
    return Head(label_of(kind, column), numeric, sort_url, state)


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
