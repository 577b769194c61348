"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table; what would end a cell is written so that it does not."""
    lines = [_row(heads), _row(["---"] * len(heads))]
    return [*lines, *map(_row, rows)]


def code(text: object) -> str:
    """A name as it is typed; nothing stays nothing."""
    return f"`{text}`" if text else ""


def _row(cells: Sequence[object]) -> str:
    return (
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    )
