"""Files from outside, read by a limited child process into one plain form; see `child`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.children import environment
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.exchange import marks
from kundenkreis.ui import formats

CHILD = Path(__file__).with_name("child.py")
SECONDS = 300
INDEXED = 1_000  # as in `child`, which may import nothing from here
MOST_BYTES = 1_000_000_000  # of one upload
MOST_COLUMNS = 1_000
LIMITS = {
    "memory": 1_500_000_000,
    "seconds": SECONDS,
    "output": 4_000_000_000,
    "columns": MOST_COLUMNS,
    "cell": 200_000,
    "parts": 10_000,
    "unpacked": 2_000_000_000,
    "harmless": 50_000_000,
    "ratio": 100,
}
Cell = str | int | float | bool | dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: which one of all it is, its line in the file, its cells."""

    number: int
    line: int
    cells: list[Any]
    file: int = 0


def read(source: Path, target: Path, **chosen: str) -> dict[str, Any]:
    """Read a file into its plain form; returns how it was understood.

    `chosen`: `encoding`, `separator` or `sheet`, where somebody knows better. Raises `DomainError`
    saying what is wrong with the file.
    """
    asked = {"mark": marks.SHEET, "source": str(source), "target": str(target), **chosen}
    try:
        return answer_of((str(CHILD),), asked)
    except DomainError:
        target.unlink(missing_ok=True)
        raise


def answer_of(program: Sequence[str], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a child says that opens a file from outside. Raises `DomainError` when it refuses to."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", *program],
            input=json.dumps({**LIMITS, **asked}),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env=environment(),
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise refusal("large", {}) from error
    except ValueError:
        # It was ended by one of its limits, or by the system, before it could say anything.
        answer = {"refused": "large"}
    if "refused" in answer:
        raise refusal(answer["refused"], answer)
    return answer


def rows(path: Path, places: list[int], start: int = 0) -> Iterator[Row]:
    """The rows of a file in its plain form, from the one with that number on."""
    if start >= INDEXED * len(places):
        return
    with path.open("rb") as file:
        at = start // INDEXED
        file.seek(places[at])
        number = at * INDEXED
        for text in file:
            if number >= start:
                line, cells = json.loads(text)
                yield Row(number, line, cells)
            number += 1


def refusal(code: str, facts: dict[str, Any]) -> DomainError:
    """What to say of a file that cannot be read."""
    what = _("This is not a table we can read.")
    table = _("Save the sheet as Excel workbook (.xlsx) or as “CSV UTF-8” and choose that file.")
    said = {
        "binary": (_("It is neither a text nor an Excel file."), table),
        "archive": (_("It is a packed folder, not an Excel file."), _("Unpack it and choose one of the files in it.")),
        "broken": (_("The Excel file is damaged or was not copied to its end."), _("Copy it once more, or open it in Excel and save it anew.")),
        "password": (_("The Excel file is protected by a password."), _("Open it, take the password away, and save it.")),
        "empty": (_("It needs a first line with the names of the columns, and at least one more."), table),
        "bomb": (_("Unpacked it would be far larger than any table."), _("If it is one, save it as CSV.")),
        "large": (_("Reading it takes more memory or time than a file may have."), _("Save it as CSV, or split it.")),
        "columns": (
            _("It has more than %(n)s columns.") % {"n": formats.number(MOST_COLUMNS)},
            _("Delete the columns that you do not need."),
        ),
        "cell": (
            _("The cell in line %(line)s is longer than any text.") % {"line": facts.get("line")},
            _("A quotation mark there is probably not closed."),
        ),
        "quote": (
            _("A quotation mark in line %(line)s is not closed.") % {"line": facts.get("line")},
            _("Close it, and choose the file again."),
        ),
    }  # fmt: skip
    why, hint = said.get(code, said["broken"])
    return DomainError(what, why, hint, field="file")
