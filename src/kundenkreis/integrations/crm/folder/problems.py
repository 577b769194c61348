"""What could not be carried, and why: lines in a file, for the page and the report."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.records.exchange.writers import CsvLines


class Problems:
    """Notes one after the other; `counts` says how often each reason came."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self.counts: Counter[str] = Counter()

    def tell(self, part: int, line: int, what: str, value: str, why: str) -> None:
        """Note one thing: where it stands, in which column or of whom, and why it stays there."""
        said = {"part": part, "line": line, "what": what[:80], "value": value[:200], "why": why}
        self._file.write(json.dumps(said, ensure_ascii=False) + "\n")
        self.counts[why] += 1

    def close(self) -> None:
        self._file.close()


def told(path: Path) -> Iterator[dict[str, Any]]:
    """What was noted."""
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for text in file:
                yield json.loads(text)


def report(files: list[str], problems: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The same as CSV, line by line."""
    lines = CsvLines()
    yield lines.head([_("File"), _("Line"), _("What"), _("Value"), _("Why it stays there")])
    for one in problems:
        name = files[one["part"]] if 0 <= one["part"] < len(files) else ""
        yield lines.row([name, str(one["line"] or ""), one["what"], one["value"], one["why"]])
