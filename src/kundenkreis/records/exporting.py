"""A list as a CSV file: exactly the view's rows and columns, streamed, safe to open in Excel."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import listing
from kundenkreis.records.declaration import Column, RecordType
from kundenkreis.records.directory import Directory
from kundenkreis.records.fields import info
from kundenkreis.records.formfields import MoneyField
from kundenkreis.records.parsing import plain
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

CHUNK = 500
MAX_ROWS = 100_000
# A cell that begins so is run as a formula by spreadsheets (CSV injection, OWASP).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # without it Excel reads UTF-8 as cp1252


def separator() -> str:
    """What the spreadsheet of the user's language expects between cells."""
    return ";" if (get_language() or "de").startswith("de") else ","


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `unsafe` undoes it on import."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unsafe(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def lines(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> Iterator[str]:
    """The file's lines for the list the parameters describe.

    Raises at once: `NotAllowed`, `DomainError` for more rows than a file takes.
    """
    viewer.require(kind.right("export"))
    rows, _filters = listing.narrowed(kind, viewer, parameters, "")
    if rows.order_by()[: MAX_ROWS + 1].count() > MAX_ROWS:
        raise DomainError(
            _("The list is too long for one file."),
            _("A file takes up to %(n)s rows.") % {"n": formats.number(MAX_ROWS)},
            _("Narrow the list by a filter and export it in parts."),
        )
    _column, fields, descending = listing.order_of(kind, viewer, parameters)
    content = _written(kind, _ordered(rows, fields, descending))
    return _in_language(content, get_language() or "de", timezone.get_current_timezone())


def _in_language(content: Iterator[str], language: str, zone: tzinfo) -> Iterator[str]:
    """The file is written while it is sent, when the request's language is no longer active."""
    while True:
        with translation.override(language), timezone.override(zone):
            line = next(content, None)
        if line is None:
            return
        yield line


class _Echo:
    def write(self, text: str) -> str:
        return text


def _written(kind: RecordType, rows: QuerySet[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=separator())
    columns = export_columns(kind)
    yield BOM + writer.writerow([safe(listing.label_of(kind, column)) for column in columns])
    records: list[Any] = []
    for record in rows.iterator(chunk_size=CHUNK):
        records.append(record)
        if len(records) == CHUNK:
            yield from _chunk(kind, columns, records, writer)
            records = []
    yield from _chunk(kind, columns, records, writer)


def _chunk(
    kind: RecordType, columns: list[Column], records: list[Any], writer: Any
) -> Iterator[str]:
    directory = Directory(records)
    for record in records:
        yield writer.writerow([_cell(kind, column, record, directory) for column in columns])


def _cell(kind: RecordType, column: Column, record: Any, directory: Directory) -> str:
    if column.text is None and column.cell is None:
        found = info(kind.model, column.name)
        value = getattr(record, found.column.attname)
        if value is not None and found.kind is Kind.MONEY:
            return MoneyField().shown(value, record.currency or "EUR")
        if value is not None and found.kind is Kind.NUMBER and not found.directory:
            return plain(Decimal(value))
        if value is not None and found.kind is Kind.DATE:
            return str(value.isoformat())
    return safe(listing.text_of(kind, column, record, directory))


def export_columns(kind: RecordType) -> list[Column]:
    """The view's columns; those whose text only people can read are left out."""
    shown = [column for column in kind.columns if column.cell is None or column.text is not None]
    have = {column.name for column in shown}
    return shown + [Column(name) for name in kind.exchange.fields if name not in have]


def _ordered(rows: QuerySet[Any], fields: list[str], descending: bool) -> QuerySet[Any]:
    sign = "-" if descending else ""
    return rows.order_by(*(f"{sign}{name}" for name in (*fields, "pk")))
