"""The short-lived process that loads DuckDB and Splink: rows in, scored pairs out.

    python -m kundenkreis.crm.people.doubles.child person 20000 < ROWS > PAIRS

ROWS are lines of JSON, `[17, {"last_name": ["Weiß"], …}]`; PAIRS is one JSON object. It knows no
database, and ends with its answer, at its time limit, or when it needs too much memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from kundenkreis.crm.people.duplicates.engine import Found, Resources, Search, find
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.folding import Row
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import LANGUAGES

SECONDS = 3_600
MEMORY = 1_024  # MiB, before DuckDB writes to disk


def answer(kind: Kind, most: int, lines: Iterator[str]) -> dict[str, Any]:
    """What the search found, as JSON has it; or why it could not."""
    search = Search(kind, frozenset(), most, False, Resources(MEMORY, os.cpu_count() or 1))
    try:
        found = find(search, [_rows(lines)])
    except DomainError as error:
        return {"problem": str(error)}
    return {"compared": found.compared, "rows": found.rows[0], "pairs": list(_pairs(found))}


def _rows(lines: Iterator[str]) -> Iterator[Row]:
    for line in lines:
        number, values = json.loads(line)
        yield Row(str(number), values)


def _pairs(found: Found) -> Iterator[list[Any]]:
    for pair in found.pairs:
        reasons = [[one.field, one.agreement, one.weight] for one in pair.reasons]
        yield [int(pair.left), int(pair.right), pair.score, pair.decision, reasons]


def main() -> None:
    # The one who started it may be gone without a word.
    signal.alarm(SECONDS)
    locale = Path(__file__).resolve().parents[3] / "locale"
    settings.configure(
        USE_I18N=True, LANGUAGES=[(code, code) for code in LANGUAGES], LOCALE_PATHS=[locale]
    )
    django.setup()
    kind, most = sys.argv[1:3]
    json.dump(answer(Kind(kind), int(most), sys.stdin), sys.stdout)


if __name__ == "__main__":
    main()
