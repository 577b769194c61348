"""Tables as files: CSV as text, Excel with real numbers and dates; neither ever runs a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import get_language

from kundenkreis.kernel.money import Money, digits
from kundenkreis.records.exchange import marks
from kundenkreis.records.exchange.values import written
from kundenkreis.records.parsing import plain
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.records.exchange.values import Value

CSV, XLSX = "csv", "xlsx"
FORMS = {XLSX: "Excel", CSV: "CSV"}
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Below the head of the only sheet that Excel allows a file like ours.
MOST_ROWS = {CSV: None, XLSX: 2**20 - 1}
LONGEST = 32_767  # characters in a cell of Excel
BOM = "\ufeff"  # without it Excel reads UTF-8 as cp1252
# A cell that begins so is run as a formula by spreadsheets (CSV injection, OWASP).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NARROWEST, WIDEST = 6, 60  # characters in a column
FILTER = 3  # what its head's button takes
_EXACT = 15  # digits of a number that Excel keeps


def separator() -> str:
    """What the spreadsheet of the user's language expects between cells."""
    return ";" if (get_language() or "de").startswith("de") else ","


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `unsafe` undoes it on import."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unsafe(text: str) -> str:
    """The text as it was before it was made safe."""
    wrapped = text.startswith("'") and text.lstrip("'").startswith(_FORMULA)
    return text[1:] if wrapped else text


class CsvLines:
    """The lines of a CSV file, one after the other."""

    def __init__(self) -> None:
        self._writer = csv.writer(_Echo(), delimiter=separator())

    def head(self, labels: Sequence[str], mark: str = "") -> str:
        """The first line; the mark is the head of the column with the versions."""
        return BOM + self._line([*map(safe, labels), *([mark] if mark else [])])

    def row(self, values: Sequence[Value], *version: int | None) -> str:
        """One more line."""
        said = ["" if number is None else str(number) for number in version]
        return self._line([*map(_text, values), *said])

    def _line(self, cells: list[str]) -> str:
        return str(self._writer.writerow(cells))


class _Echo:
    def write(self, text: str) -> str:
        return text


def _text(value: Value) -> str:
    return safe(value) if isinstance(value, str) else written(value)


class Workbook:
    """An Excel file whose rows go to the disk as they come; whole when closed.

    The last column, hidden, has each row's version; a hidden sheet has the mark.
    """

    def __init__(self, file: Path | IO[bytes]) -> None:
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
        self._known: dict[str, Any] = {}
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._rows = 0

    def head(self, title: str, labels: Sequence[str], mark: str) -> None:
        """Name the columns; comes first."""
        self._sheet = self._book.add_worksheet(_sheet_name(title))
        self._widths = [len(label) + FILTER for label in labels]
        for at, label in enumerate(labels):
            self._sheet.write_string(0, at, label, self._bold)
        last = len(labels)
        self._sheet.set_column(last, last, 8, None, {"hidden": True})
        self._sheet.write_string(0, last, marks.VERSION, self._bold)
        self._sheet.freeze_panes(1, 0)
        self._last, self._mark = last, mark

    def row(self, values: Sequence[Value], version: int | None) -> None:
        """Write the next row."""
        self._rows += 1
        for at, value in enumerate(values):
            self._write(at, value)
        if version is not None:
            self._sheet.write_number(self._rows, self._last, version)

    def close(self) -> None:
        """Finish the file, each column as wide as what stands in it."""
        for at, width in enumerate(self._widths):
            self._sheet.set_column(at, at, max(NARROWEST, min(width + 1, WIDEST)))
        self._sheet.autofilter(0, 0, self._rows, self._last)
        hidden = self._book.add_worksheet(marks.SHEET)
        hidden.write_string(0, 0, self._mark)
        hidden.very_hidden()
        self._book.close()

    def _write(self, at: int, value: Value) -> None:
        sheet, row = self._sheet, self._rows
        if value is None or value == "":
            return
        self._widths[at] = max(self._widths[at], _width(value))
        match value:
            case str():
                sheet.write_string(row, at, value[:LONGEST])
            case bool():
                sheet.write_boolean(row, at, value)
            case Money():
                self._number(at, value.amount, _money_format(value.currency))
            case int():
                self._number(at, Decimal(value), "0")
            case Decimal():
                self._number(at, value, "General")
            case datetime():
                local = timezone.localtime(value).replace(tzinfo=None)
                sheet.write_datetime(row, at, local, self._format(f"{_day_format()} hh:mm"))
            case date():
                sheet.write_datetime(row, at, value, self._format(_day_format()))

    def _number(self, at: int, value: Decimal, form: str) -> None:
        if len(value.as_tuple().digits) > _EXACT:
            self._sheet.write_string(self._rows, at, plain(value))
        else:
            self._sheet.write_number(self._rows, at, float(value), self._format(form))

    def _format(self, form: str) -> Any:
        if form not in self._known:
            self._known[form] = self._book.add_format({"num_format": form})
        return self._known[form]


def _width(value: Value) -> int:
    """How many characters wide a value is when Excel shows it; of a text its longest line."""
    match value:
        case str():
            return max(map(len, value[:LONGEST].splitlines()), default=0)
        case Money():
            return len(formats.money(value))
        case datetime():
            return 17
        case date():
            return 11
    return len(written(value))


def _day_format() -> str:
    return "dd.mm.yyyy" if _german() else "d mmm yyyy"


def _money_format(currency: str) -> str:
    places = digits(currency)
    figure = "#,##0" + ("." + "0" * places if places else "")
    symbol = formats.SYMBOLS.get(currency, currency)
    return f'{figure} "{symbol}"' if _german() else f'"{symbol}"{figure}'


def _german() -> bool:
    return (get_language() or "de").startswith("de")


def _sheet_name(title: str) -> str:
    clean = "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip(" '")
    return clean[:31] or marks.WORD.title()
