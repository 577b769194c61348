"""The child process that looks for duplicates: rows from a file in, scored pairs into another.

It takes seconds and hundreds of megabytes, so it is nobody's who serves pages or other work; and it
ends when whoever asked is gone.

    echo '{"kind": "person", "rows": "…", "pairs": "…"}' | python -I -m …folder.comparing_child
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_PAIRS = 200_000
MEMORY = 512  # MiB before DuckDB writes to disk


def main() -> int:
    """Do what the first line of standard input asks for."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    from kundenkreis.crm.people.duplicates.engine import Resources, Search, find
    from kundenkreis.crm.people.duplicates.fields import FIELDS, Kind

    kind = Kind(asked["kind"])
    fields = frozenset(field.key for field in FIELDS[kind])
    search = Search(kind, fields, MOST_PAIRS, resources=Resources(MEMORY, 2))
    found = find(search, [_rows(Path(asked["rows"]))])
    part = Path(asked["pairs"]).with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for pair in found.pairs:
            reasons = [[one.field, one.agreement, one.weight] for one in pair.reasons]
            said = [pair.left, pair.right, pair.score, pair.decision, reasons]
            file.write(json.dumps(said) + "\n")
    part.replace(asked["pairs"])
    return 0


def _rows(path: Path) -> Iterator[Any]:
    from kundenkreis.crm.people.duplicates.folding import Row

    with path.open(encoding="utf-8") as file:
        for text in file:
            key, values = json.loads(text)
            yield Row(key, values)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
