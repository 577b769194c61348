"""What a check noted of the rows that need a look: each as a line of JSON, found again at once.

Beside the notes every view of them has a list of places, eight bytes for each of its notes. So a
page reads its own notes, however many there are.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenkreis.records.exchange.table import place

if TYPE_CHECKING:
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.models import Transfer

VIEWS = ("problems", "conflicts", "changes", "warnings", "new")
FILE = "notes.jsonl"
_WIDTH = array("Q").itemsize


class Notes:
    """The notes of a check that begins now."""

    def __init__(self, side: Side, transfer: Transfer) -> None:
        self._file, self._end = place(side, transfer, FILE).open("wb"), 0
        self._places = {view: _places(side, transfer, view).open("wb") for view in VIEWS}

    def write(self, notes: list[dict[str, Any]]) -> None:
        """Add some."""
        for note in notes:
            line = f"{json.dumps(note, ensure_ascii=False)}\n".encode()
            for view in VIEWS:
                if _is(note, view):
                    self._places[view].write(array("Q", [self._end]).tobytes())
            self._file.write(line)
            self._end += len(line)
        for file in (self._file, *self._places.values()):
            file.flush()

    def close(self) -> None:
        for file in (self._file, *self._places.values()):
            file.close()


def count(side: Side, transfer: Transfer) -> dict[str, int]:
    """How many notes each view has."""
    paths = {view: _places(side, transfer, view) for view in VIEWS}
    return {
        view: path.stat().st_size // _WIDTH if path.exists() else 0 for view, path in paths.items()
    }


def page(side: Side, transfer: Transfer, view: str, start: int, most: int) -> list[dict[str, Any]]:
    """The notes of a view from one on."""
    found: list[dict[str, Any]] = []
    if view not in VIEWS:
        return found
    with _places(side, transfer, view).open("rb") as file:
        file.seek(start * _WIDTH)
        places = array("Q", file.read(most * _WIDTH))
    with place(side, transfer, FILE).open("rb") as file:
        for at in places:
            file.seek(at)
            found.append(json.loads(file.readline()))
    return found


def _places(side: Side, transfer: Transfer, view: str) -> Path:
    return place(side, transfer, f"notes-{view}.places")


def _is(note: Mapping[str, Any], view: str) -> bool:
    match view:
        case "problems":
            return bool(note["wrong"])
        case "conflicts":
            return bool(note["conflicts"])
        case "changes":
            return bool(note["changes"]) and note["became"] == "changed"
        case "warnings":
            return bool(note["warning"])
    return bool(note["became"] == "created")
