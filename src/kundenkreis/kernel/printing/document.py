"""A plain document of sections with texts, facts and tables, set by `report.typ`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.text import normalize_newlines

REPORT = Path(__file__).with_name("report.typ")
MOST_CELL = 20_000  # letters of one cell


@dataclass(slots=True)
class Part:
    """A heading with what stands below it; `level` 2 for a part of the part before."""

    heading: str
    level: int = 1
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def text(self, text: object, *, quiet: bool = False) -> Part:
        """Paragraphs; an empty line parts them."""
        self.blocks.append({"kind": "text", "text": plain(text), "quiet": quiet})
        return self

    def facts(self, rows: Iterable[tuple[object, object]]) -> Part:
        """Labels with their values, one below the other."""
        said = [[plain(label), plain(value)] for label, value in rows]
        if said:
            self.blocks.append({"kind": "facts", "rows": said})
        return self

    def table(
        self,
        head: Sequence[object],
        rows: Iterable[Sequence[object]],
        *,
        right: Sequence[int] = (),
        widths: Sequence[float] = (),
    ) -> Part:
        """A table whose head comes again on each page.

        `right`: the columns of figures, counted from 0; `widths`: shares of the width, else as the
        texts need it.
        """
        self.blocks.append(
            {
                "kind": "table",
                "head": [plain(cell) for cell in head],
                "rows": [[plain(cell) for cell in row] for row in rows],
                "right": list(right),
                "widths": list(widths),
            }
        )
        return self


@dataclass(slots=True)
class Document:
    """What is printed: a title, perhaps a line below it, sections; `foot` stands on each page."""

    title: object
    language: str = "de"
    subtitle: object = ""
    foot: object = ""
    landscape: bool = False
    parts: list[Part] = field(default_factory=list)

    def section(self, heading: object, *, level: int = 1) -> Part:
        """Begin a new section."""
        part = Part(plain(heading), level)
        self.parts.append(part)
        return part

    @property
    def data(self) -> dict[str, Any]:
        """What the template reads."""
        return {
            "title": plain(self.title),
            "language": self.language,
            "subtitle": plain(self.subtitle),
            "foot": plain(self.foot),
            "landscape": self.landscape,
            "parts": [
                {"heading": part.heading, "level": part.level, "blocks": part.blocks}
                for part in self.parts
            ],
        }


def plain(value: object) -> str:
    """A value as text, not longer than a cell may be."""
    return normalize_newlines("" if value is None else str(value))[:MOST_CELL]
