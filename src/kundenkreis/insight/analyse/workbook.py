"""An Excel workbook as a table: its first sheet, read by the limited process that imports use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PACKED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so may be one."""
    return start.startswith((PACKED, OLD))


def workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The header and the rows with their lines. Raises `DomainError` saying what is wrong."""
    from kundenkreis.records.exchange import reading

    with TemporaryDirectory(prefix="kundenkreis-") as folder:
        target = Path(folder) / "rows.jsonl"
        found = reading.read(path, target)
        yield 1, found["header"]
        for row in reading.rows(target, found["places"]):
            yield row.line, [_text(cell) for cell in row.cells]


def _text(cell: Any) -> str:
    if isinstance(cell, dict):
        return str(cell["d"])
    return "" if cell is None else str(cell)
