"""CSV files as people have them: packed or not, with comma, semicolon or tab, rows with problems."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import normal

SHOWN = 20


class Unreadable(DomainError):
    """A file cannot be read as a table."""


class BadCell(ValueError):
    """A cell does not say what its column should."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken: its line in the file, what is wrong, and the row itself."""

    line: int
    text: str
    row: list[str]


def header(path: Path) -> list[str]:
    """The names of a file's columns, in normal form. Raises `Unreadable`."""
    try:
        with open_text(path) as file:
            found = next(csv.reader(file, delimiter=_delimiter(path)), [])
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        raise Unreadable(_("The file %s cannot be read.") % path.name, str(error)) from error
    if not found:
        raise Unreadable(_("The file %s is empty.") % path.name)
    return [normal(name).strip() for name in found]


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, each with its line in the file, its cells in normal form.

    Raises `Unreadable`.
    """
    try:
        with open_text(path) as file:
            reader = csv.reader(file, delimiter=_delimiter(path))
            next(reader, None)
            for row in reader:
                if row:
                    yield reader.line_num, [normal(cell) for cell in row]
    except (csv.Error, UnicodeDecodeError, OSError, EOFError) as error:
        text = _("The file %s cannot be read to its end.") % path.name
        raise Unreadable(text, str(error)) from error


def open_text(path: Path) -> IO[str]:
    """The file as text in UTF-8, unpacked when its name ends in `.gz`."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


class Problems:
    """Rows that were not taken: all of them into a file if one is named, the first ones shown."""

    def __init__(self, path: Path | None, columns: list[str], stack: ExitStack) -> None:
        self.path, self.count = path, 0
        self.first: list[Problem] = []
        self.writer = None
        if path is not None:
            file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            self.writer = csv.writer(file)
            self.writer.writerow([*columns, _("Line"), _("Problem")])

    def note(self, problems: list[Problem]) -> None:
        self.count += len(problems)
        self.first += problems[: SHOWN - len(self.first)]
        if self.writer is not None:
            self.writer.writerows([*one.row, str(one.line), one.text] for one in problems)

    def lines(self) -> list[str]:
        """What the report says about them."""
        if not self.count:
            return []
        if self.path is not None:
            text = _("The rows that were not taken are in %(file)s, each with its reason.")
            return [text % {"file": self.path}]
        text = _("Line %(line)s: %(problem)s")
        shown = [text % {"line": one.line, "problem": one.text} for one in self.first]
        if self.count > len(shown):
            more = _("… and %(count)s more; --errors FILE writes all.")
            shown.append(more % {"count": self.count - len(shown)})
        return shown


def _delimiter(path: Path) -> str:
    """Comma, semicolon or tab: whichever the first line has most of."""
    with open_text(path) as file:
        first = file.readline()
    return max(",;\t", key=first.count)
