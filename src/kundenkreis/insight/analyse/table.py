"""Read a table row by row as it comes: CSV, plain or gzip, of any usual encoding; Excel workbooks."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import unicodedata
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse.errors import UnreadableFile, UnusableColumn
from kundenkreis.insight.analyse.workbook import is_workbook, workbook
from kundenkreis.records.exchange.child import SAMPLE, Refused, encoding_of, separator_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

NAMES_SHOWN = 20
_NAMED = re.compile(r"\ufeff?sep=(.)\r?\n")  # Excel's way to say which separator a file has
OLD = frozenset({"cp1252", "mac-roman", "cp850"})


class Table:
    """An open file with a header: `columns`, and rows as lists of cells in the columns asked for.

    `guessed` is the encoding that was guessed because the file says none; empty for UTF-8 and 16.
    """

    def __init__(
        self, lines: Iterable[tuple[int, list[str]]], name: str, guessed: str = ""
    ) -> None:
        self.name, self.guessed = name, guessed
        self._lines = iter(lines)
        _line, header = next((one for one in self._lines if any(map(str.strip, one[1]))), (0, []))
        if not header:
            raise UnreadableFile(_("%(file)s is empty.") % {"file": name})
        self.columns = [clean(cell) for cell in header]

    def position(self, column: str) -> int:
        """Where a column stands. Raises `UnusableColumn` if it is missing or there twice."""
        wanted = clean(column)
        if wanted not in self.columns:
            shown = ", ".join(f"“{name}”" for name in self.columns[:NAMES_SHOWN] if name)
            raise UnusableColumn(
                _("There is no column “%(column)s” in %(file)s.")
                % {"column": column, "file": self.name},
                hint=_("Its columns are: %(columns)s.") % {"columns": shown},
            )
        if self.columns.count(wanted) > 1:
            raise UnusableColumn(
                _("The column “%(column)s” is in %(file)s more than once.")
                % {"column": column, "file": self.name},
                hint=_("Give every column its own name."),
            )
        return self.columns.index(wanted)

    def rows(self, positions: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number and the wanted cells of every row; blank lines are skipped.

        A row that is too short ends in empty cells. Raises `UnreadableFile` for a row with more
        cells than columns: there everything may stand one column too far right.
        """
        width = len(self.columns)
        for line, row in self._lines:
            if not row:
                continue
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                raise UnreadableFile(
                    _(
                        "Line %(line)d of %(file)s has %(cells)d values, but there are only "
                        "%(columns)d columns."
                    )
                    % {"line": line, "file": self.name, "cells": len(row), "columns": width},
                    hint=_("A value that contains the separator must stand in quotes."),
                )
            if len(row) < width:
                row += [""] * (width - len(row))
            yield line, [row[position] for position in positions]


def clean(text: str) -> str:
    """Trim a name and bring it to the one Unicode form (NFC) that is compared."""
    return unicodedata.normalize("NFC", text.strip())


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a file for reading. Raises `UnreadableFile` with the reason, at any row."""
    try:
        with path.open("rb") as raw:
            start = raw.peek(8)[:8]
            if is_workbook(start):
                yield Table(workbook(path), path.name)
                return
            is_packed = start[:2] == b"\x1f\x8b"
            data = cast("BinaryIO", gzip.GzipFile(fileobj=raw) if is_packed else raw)
            encoding = encoding_of(data)
            data.seek(0)
            # Files of several hands are of several encodings: what is UTF-8 is read as that.
            one = "utf-8" if encoding == "cp1252" else encoding
            with io.TextIOWrapper(data, encoding=one, errors=AS_WINDOWS, newline="") as text:
                yield Table(_lines(text), path.name, encoding if encoding in OLD else "")
    except Refused as error:
        raise UnreadableFile(
            _("%(file)s is no table.") % {"file": path.name},
            _("It is neither a text nor an Excel file."),
            _("Save the sheet as Excel workbook (.xlsx) or as “CSV UTF-8” and try again."),
        ) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("%(file)s breaks off in the middle of a letter.") % {"file": path.name},
            hint=_("Copy it again, or save it as “CSV UTF-8”."),
        ) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(
            _("%(file)s is damaged.") % {"file": path.name},
            _("Its compression breaks off or does not add up."),
            _("Copy or download it again."),
        ) from error
    except csv.Error as error:
        raise UnreadableFile(
            _("%(file)s is not a readable CSV file.") % {"file": path.name}, str(error)
        ) from error
    except OSError as error:
        raise UnreadableFile(
            _("%(file)s cannot be read.") % {"file": path}, error.strerror or str(error)
        ) from error


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with the line at which each ends."""
    sample = text.read(SAMPLE)
    text.seek(0)
    named, above = _NAMED.match(sample), 0
    if named:
        above = len(text.readline()) and 1
    reader = csv.reader(text, delimiter=named[1] if named else separator_of(sample.lstrip()))
    for row in reader:
        yield above + reader.line_num, row


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 as Windows writes it; its five bytes without a letter as signs of nothing."""
    if not isinstance(error, UnicodeDecodeError) or not error.encoding.startswith("utf-8"):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


AS_WINDOWS = "kundenkreis-as-windows"
codecs.register_error(AS_WINDOWS, _as_windows)
