"""What somebody brought becomes tables: archives unpacked, every sheet and card read, each in a
limited child process; then recognised. One bad file does not stop the others."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.folder import vcards
from kundenkreis.integrations.crm.folder.recognising import HEAD_WITHIN, recognise
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.exchange import reading
from kundenkreis.records.exchange.notation import detected, text_of

MOST_FILES = 500
MOST_SHEETS = 20
CHILD = ("-m", "kundenkreis.integrations.crm.folder.child")
SAMPLED = 1_000


def is_archive(path: Path) -> bool:
    """Whether an upload is a packed folder rather than a workbook, which is packed too."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
        file.seek(0)
        start = file.read(4_000)
    return (
        b"[Content_Types].xml" not in start
        and b"mimetype" not in start[:60]
        and b"xl/" not in start
    )


def unpack(source: Path, folder: Path, first: int, most: int) -> dict[str, Any]:
    """Unpack an archive; see `child.unpack`. Raises `DomainError`."""
    asked = {
        "do": "unpack",
        "source": str(source),
        "folder": str(folder),
        "first": first,
        "most": most,
    }
    return reading.answer_of(CHILD, asked)


def parts_of(
    upload: Path, target: Path, file: dict[str, Any], chosen: dict[str, str]
) -> list[dict[str, Any]]:
    """The tables in an upload, each read into its plain form as `target` with a number.

    Raises `DomainError` for what is no table at all.
    """
    with upload.open("rb") as source:
        start = source.read(200)
    if not start.strip():
        raise DomainError(_("The file is empty."))
    if vcards.looks_like(start):
        place = _numbered(target, 0)
        found = reading.answer_of(
            CHILD, {"do": "cards", "source": str(upload), "target": str(place)}
        )
        return [_recognised({**found, "name": file["name"], "rows_in": place.name}, place)]
    place = _numbered(target, 0)
    found = reading.read(upload, place, **chosen)
    tables = [{**found, "name": file["name"], "rows_in": place.name}]
    for number, sheet in enumerate(found.get("sheets", [])[1:MOST_SHEETS], 1):
        place = _numbered(target, number)
        try:
            more = reading.read(upload, place, sheet=sheet)
        except DomainError:
            continue  # an empty sheet is none
        tables.append({**more, "name": f"{file['name']} · {sheet}", "rows_in": place.name})
    return [_recognised(table, target.with_name(table["rows_in"])) for table in tables]


def _numbered(target: Path, number: int) -> Path:
    return target.with_name(f"{target.name}-{number}.jsonl")


def _recognised(table: dict[str, Any], place: Path) -> dict[str, Any]:
    """A table with what it holds; one that nobody knows is told as `nothing`."""
    sample = list(islice(reading.rows(place, table["places"]), SAMPLED))
    top = [[text_of(cell) for cell in row.cells] for row in sample[:HEAD_WITHIN]]
    known = recognise(table["header"], top)
    notation = detected(cell for row in sample for cell in row.cells if isinstance(cell, str))
    made = {**table, "decimal": notation.decimal, "dates": notation.dates}
    if known is None:
        width = len(table["header"])
        return {**made, "what": "", "system": "", "columns": [""] * width, "head": 0, "asked": True}
    said = asdict(known)
    width = max(len(known.header), len(table["header"]))
    said["columns"] = [*known.columns, *[""] * (width - len(known.columns))]
    said["header"] = [*known.header, *[""] * (width - len(known.header))]
    return {**made, **said, "rows": table["rows"] - known.head}


def lost(part: dict[str, Any], place: Path) -> list[str]:
    """The titles of columns that say something and go nowhere."""
    rows = list(islice(reading.rows(place, part["places"]), SAMPLED))[part["head"] :]
    found = []
    for at, (title, target) in enumerate(zip(part["header"], part["columns"], strict=False)):
        said = not target and any(at < len(row.cells) and text_of(row.cells[at]) for row in rows)
        if title and said:
            found.append(title)
    return found
