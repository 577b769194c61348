"""The rows of all files of an import as one table, with the cells that were corrected by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenkreis.records.exchange import marks, reading, storing
from kundenkreis.records.exchange.reading import Row

if TYPE_CHECKING:
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.models import Transfer

CHOICES, RESULTS = "choices.json", "results.jsonl"


def place(side: Side, transfer: Transfer, name: str) -> Path:
    """A file in the transfer's folder."""
    return storing.folder(side, transfer.folder) / name


def header_of(files: list[dict[str, Any]]) -> list[str]:
    """The columns of all files; those of the same title are the same column."""
    titles: dict[str, None] = {}
    for file in files:
        titles |= dict.fromkeys(titles_of(file["header"]))
    return list(titles)


def mark_of(files: list[dict[str, Any]]) -> marks.Mark | None:
    """The mark that all files have; None when they were not made here, or differ."""
    found = {_mark_of(file) for file in files}
    return found.pop() if len(found) == 1 else None


def _mark_of(file: dict[str, Any]) -> marks.Mark | None:
    said = (file.get("mark"), *reversed(file["header"]))
    return next(filter(None, map(marks.read, said)), None)


def titles_of(header: Sequence[str]) -> list[str]:
    """The titles of one file, each only once and none empty."""
    made: list[str] = []
    for at, title in enumerate(header, start=1):
        title = title or f"#{at}"
        while title in made:
            title += "'"
        made.append(title)
    return made


@dataclass(frozen=True, slots=True)
class _Part:
    path: Path
    places: list[int]
    first: int
    count: int
    columns: list[int]


class Table:
    """All rows of a transfer's files, in order, with consecutive numbers."""

    def __init__(self, side: Side, transfer: Transfer) -> None:
        files = transfer.found["files"]
        self.header = header_of(files)
        self.names = [file["name"] for file in files]
        self.choices = choices(side, transfer)
        self._fixes = {int(n): cells for n, cells in self.choices.get("fixes", {}).items()}
        self._parts, first = [], 0
        for number, file in enumerate(files):
            columns = [self.header.index(title) for title in titles_of(file["header"])]
            path = place(side, transfer, f"rows-{number}.jsonl")
            self._parts.append(_Part(path, file["places"], first, file["rows"], columns))
            first += file["rows"]
        self.total = first

    def rows(self, start: int = 0) -> Iterator[Row]:
        """The rows from the one with that number on."""
        for at, part in enumerate(self._parts):
            if part.first + part.count <= start:
                continue
            for row in reading.rows(part.path, part.places, max(0, start - part.first)):
                yield self._placed(row, part, at)

    def row(self, number: int) -> Row:
        """One row. Raises `StopIteration` for a number beyond the last."""
        return next(self.rows(number))

    def _placed(self, row: Row, part: _Part, file: int) -> Row:
        cells: list[Any] = [""] * len(self.header)
        for at, cell in zip(part.columns, row.cells, strict=False):
            cells[at] = cell
        number = row.number + part.first
        for at, text in self._fixes.get(number, {}).items():
            cells[int(at)] = text
        return Row(number, row.line, cells, file)


def choices(side: Side, transfer: Transfer) -> dict[str, Any]:
    """What somebody decided about single rows: `fixes`, `left_out`, `declined`, `accepted`."""
    path = place(side, transfer, CHOICES)
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def choose(side: Side, transfer: Transfer, made: dict[str, Any]) -> None:
    """Keep such decisions, all or none."""
    path = place(side, transfer, CHOICES)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    part.replace(path)


class Log:
    """Lines of JSON about rows. What was written after the last commit is cut off on opening."""

    def __init__(self, path: Path, size: int = 0) -> None:
        path.touch()
        self._file = path.open("r+b")
        self._file.truncate(size)
        self._file.seek(0, 2)

    def write(self, lines: list[dict[str, Any]]) -> int:
        """Add lines; returns the size that a commit may promise."""
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        self._file.write(text.encode())
        self._file.flush()
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def logged(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of such a log."""
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for text in file:
                yield json.loads(text)
