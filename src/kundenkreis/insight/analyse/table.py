"""Read a CSV file row by row: plain or gzip, comma, semicolon or tab, UTF-8 with or without BOM."""

from __future__ import annotations

import csv
import gzip
import io
import unicodedata
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse.errors import UnreadableFile, UnusableColumn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SEPARATORS = ",;\t"
NAMES_SHOWN = 20


class Table:
    """An open file with a header: `columns`, and rows as lists of cells in the columns asked for."""

    def __init__(self, text: io.TextIOBase, name: str) -> None:
        self.name = name
        self._above, header = next(
            ((at, line) for at, line in enumerate(text, start=1) if line.strip()), (0, "")
        )
        if not header:
            raise UnreadableFile(_("%(file)s is empty.") % {"file": name})
        self.separator = max(
            SEPARATORS, key=lambda one: len(next(csv.reader([header], delimiter=one)))
        )
        self.columns = [
            clean(cell) for cell in next(csv.reader([header], delimiter=self.separator))
        ]
        self._rows = csv.reader(text, delimiter=self.separator)

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
        for row in self._rows:
            if not row:
                continue
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                raise UnreadableFile(
                    _(
                        "Line %(line)d of %(file)s has %(cells)d values, but there are only "
                        "%(columns)d columns."
                    )
                    % {"line": self.line, "file": self.name, "cells": len(row), "columns": width},
                    hint=_("A value that contains the separator must stand in quotes."),
                )
            if len(row) < width:
                row += [""] * (width - len(row))
            yield self.line, [row[position] for position in positions]

    @property
    def line(self) -> int:
        """The line last read, counted from 1 for the header."""
        return self._above + self._rows.line_num


def clean(text: str) -> str:
    """Trim a name and bring it to the one Unicode form (NFC) that is compared."""
    return unicodedata.normalize("NFC", text.strip())


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV file for reading. Raises `UnreadableFile` with the reason, at any row."""
    try:
        with path.open("rb") as raw:
            is_packed = raw.peek(2)[:2] == b"\x1f\x8b"
            data = cast("BinaryIO", gzip.GzipFile(fileobj=raw) if is_packed else raw)
            with io.TextIOWrapper(data, encoding="utf-8-sig", newline="") as text:
                yield Table(text, path.name)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("%(file)s is not encoded as UTF-8.") % {"file": path.name},
            hint=_("Save it as “CSV UTF-8” and try again."),
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
