"""Exactly the rows and columns of a view, as a file; who took it out is in the audit.

A short list is the answer itself. A long one is written by the worker, a piece at a time, and
fetched when it is done.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from itertools import islice
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import without_umlauts
from kundenkreis.records.declaration import Column, RecordType
from kundenkreis.records.directory import Directory
from kundenkreis.records.exchange import marks
from kundenkreis.records.exchange.values import Value, reader
from kundenkreis.records.exchange.writers import MOST_ROWS, CsvLines, Workbook
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.columns import asked, columns_of, info_of, label_of
from kundenkreis.records.lists.filters import read
from kundenkreis.records.lists.listing import grouped_of, narrowed
from kundenkreis.records.lists.ordering import order_of
from kundenkreis.records.lists.state import state_of
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

CHUNK = 500
AT_ONCE = 2_000  # rows that a request writes itself
LINES = 100  # that are sent together

Row = tuple[list[Value], int | None]


@dataclass(frozen=True)
class Export:
    """A view that goes out: its columns, how many rows it has, and their numbers in order."""

    kind: RecordType
    viewer: Viewer
    parameters: QueryDict
    columns: list[Column]
    total: int

    @cached_property
    def pks(self) -> array[int]:
        """Only whoever writes the file needs them; sorting very many takes seconds."""
        return array("q", _in_order(self.kind, self.viewer, self.parameters))

    @property
    def labels(self) -> list[str]:
        return [label_of(self.kind, column) for column in self.columns]

    @property
    def mark(self) -> str:
        return marks.text(self.kind.subject, [column.name for column in self.columns])

    def rows(self, start: int = 0, most: int | None = None) -> Iterator[Row]:
        """The values and version of each row from a place on, as they are now."""
        end = len(self.pks) if most is None else min(start + most, len(self.pks))
        readers = [reader(self.kind, column) for column in self.columns]
        for at in range(start, end, CHUNK):
            pks = self.pks[at : min(at + CHUNK, end)].tolist()
            found = {
                record.pk: record for record in self.kind.rows(self.viewer).filter(pk__among=pks)
            }
            directory = Directory(found.values())
            for record in (found[pk] for pk in pks if pk in found):
                values = [read(record, directory) for read in readers]
                yield values, getattr(record, marks.VERSION, None)


def export(kind: RecordType, viewer: Viewer, parameters: QueryDict, form: str) -> Export:
    """The view that the parameters describe.

    Raises `NotAllowed`, and `DomainError` if it is too long or a filter cannot be applied.
    """
    viewer.require(kind.right("export"))
    read(kind, viewer, parameters, "").require_all()
    rows, _filters = narrowed(kind, viewer, parameters, "")
    total, most = rows.order_by().count(), MOST_ROWS[form]
    if most is not None and total > most:
        raise DomainError(
            _("The list is too long for one file."),
            _("An Excel file takes up to %(n)s rows.") % {"n": formats.number(most)},
            _("Export it as CSV, or narrow it by a filter."),
        )
    return Export(kind, viewer, parameters, export_columns(kind, viewer, parameters), total)


def _in_order(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> Iterator[int]:
    """The numbers of the rows as the list has them, group by group; each of them once."""
    rows, grouped = grouped_of(kind, viewer, parameters)
    _name, fields, descending = order_of(kind, viewer, parameters)
    paths = [keyset.sorted_by(kind.model, name) for name in (*fields, "pk")]
    order = [f"{'-' if descending else ''}{path}" for path in paths]
    parts = grouped.parts(rows) if grouped else [rows]
    known: set[int] = set()
    several = grouped is not None and grouped.grouping.info.several
    for part in parts:
        for pk in part.order_by(*order).values_list("pk", flat=True).iterator(chunk_size=10_000):
            if not several or pk not in known:
                yield pk
            if several:
                known.add(pk)


def export_columns(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> list[Column]:
    """The record's number and the view's columns; those that only people can read are left out.

    Where no columns were chosen, also what the type says belongs into a file.
    """
    columns = columns_of(kind, viewer, parameters)
    shown = [one for one in columns if one.cell is None or one.text or info_of(kind, one)]
    if not asked(parameters):
        have = {column.name for column in shown}
        further = (name for name in kind.exchange.fields if name not in have)
        shown += [Column(name) for name in further if kind.sees(viewer, name)]
    return [Column(marks.NUMBER), *shown]


def csv_file(found: Export) -> Iterator[str]:
    """The lines of a CSV file, written while they are sent."""
    return in_language(_csv_lines(found), get_language() or "de", timezone.get_current_timezone())


def _csv_lines(found: Export) -> Iterator[str]:
    lines = CsvLines()
    yield lines.head(found.labels, found.mark)
    for values, version in found.rows():
        yield lines.row(values, version)


def excel_file(found: Export) -> Any:
    """An Excel file, open at its beginning; it is gone when closed."""
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book = Workbook(file)
    book.head(found.kind.title, found.labels, found.mark)
    for values, version in found.rows():
        book.row(values, version)
    book.close()
    file.seek(0)
    return file


def in_language(content: Iterator[str], language: str, zone: tzinfo) -> Iterator[str]:
    """The file is written while it is sent, when the request's language is no longer active."""
    while True:
        with translation.override(language), timezone.override(zone):
            lines = "".join(islice(content, LINES))
        if not lines:
            return
        yield lines


def file_name(kind: RecordType, viewer: Viewer, parameters: QueryDict, form: str) -> str:
    """Type, view and day in the user's language: `personen-mein-blick-2026-11-27.xlsx`."""
    said = (kind.title, state_of(kind, viewer, parameters).name)
    words = [slugify(without_umlauts(text)) for text in said]
    day = clock.today(settings.COMPANY_ZONE)
    return f"{'-'.join(filter(None, [*words, str(day)]))}.{form}"
