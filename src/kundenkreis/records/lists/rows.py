"""The rows of a list, rendered in Python: a page has hundreds of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.records import cells
from kundenkreis.records.directory import Directory
from kundenkreis.records.lists.addresses import within
from kundenkreis.records.lists.columns import info_of, label_of, numeric
from kundenkreis.records.lists.grid import Grid, grid_columns
from kundenkreis.ui.markup import escaped, joined, markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType


def rendered(
    kind: RecordType, viewer: Viewer, parameters: QueryDict, pks: list[int]
) -> dict[int, SafeString]:
    """Single rows of a list whose cells are edited, by number."""
    columns = grid_columns(kind, viewer, parameters)
    records = list(kind.rows(viewer).filter(pk__in=pks))
    grid = Grid(kind, viewer, columns)
    picked = selectable(kind, viewer)
    rows = rows_of(kind, columns, records, within(parameters), grid, picked=picked)
    return {record.pk: row for record, row in zip(records, rows, strict=True)}


def selectable(kind: RecordType, viewer: Viewer) -> bool:
    """Whether rows are worth choosing: where something can be done with them."""
    return any(kind.may(viewer, action) for action in ("change", "remove"))


def rows_of(
    kind: RecordType,
    columns: tuple[Column, ...],
    records: list[Any],
    way: str,
    grid: Grid | None,
    *,
    picked: bool = False,
) -> list[SafeString]:
    """Records as rows of a table: `way` is what their addresses end with, `picked` adds boxes."""
    directory = Directory(records)
    makers: list[Callable[[Any], str]] = [_box] if picked else []
    makers += [_maker(kind, one, directory, way, grid, first=one is columns[0]) for one in columns]

    urls = [f"{kind.url(record.pk)}{way}" for record in records]
    starts = (
        grid.starts(records, urls) if grid else [markup('<tr data-url="{}">', url) for url in urls]
    )
    return [
        joined(start, *(make(record) for make in makers), "</tr>\n")
        for start, record in zip(starts, records, strict=True)
    ]


def content_of(kind: RecordType, column: Column, directory: Directory) -> Callable[[Any], object]:
    """What a column shows of a record: text that is escaped, or markup."""
    found = info_of(kind, column)

    def content(record: Any) -> object:
        if column.cell is not None:
            return column.cell(record)
        return cells.shown(found, record, directory) if found else ""

    return content


def _box(record: Any) -> str:
    return markup(
        '<td class="check"><input type="checkbox" name="row" value="{}" aria-label="{}"></td>',
        record.pk, _("Choose %(name)s") % {"name": record},
    )  # fmt: skip


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
    classes = " ".join(
        name
        for name, on in (
            ("primary-cell", first),
            ("numeric", numeric(kind, column)),
            ("keep", column.keep),
            ("sized", column.width),
        )
        if on
    )

    shown = content_of(kind, column, directory)

    def content(record: Any) -> object:
        return cells.titled(kind, record, way) if first else shown(record)

    if grid is not None:
        opening = grid.opening(column, classes)
        return lambda record: f"{opening(record)}{escaped(content(record))}</td>"
    start = markup('<td class="{}"{}>', classes, _said(kind, column))
    return lambda record: f"{start}{escaped(content(record))}</td>"


def _said(kind: RecordType, column: Column) -> SafeString:
    """What a phone, which has no heads of columns, says before a day or an instant, and before what
    somebody has chosen to see of what is offered beside the usual."""
    found = info_of(kind, column)
    day = found is not None and found.kind in (Kind.DATE, Kind.DATETIME)
    if not column.keep or not (day or column.extra):
        return joined()
    return markup(' data-label="{}"', label_of(kind, column))
