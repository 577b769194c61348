"""The short-lived process that sets a PDF: it knows neither Django nor a database.

    echo '{"folder": "…", "target": "…", …}' | python -I child.py

It reads and writes only in the folder it is given; its parent bounds memory, time and output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typst

ARCHIVE = "a-3b"  # opens in fifty years, too: ISO 19005-3


def render(asked: dict[str, Any]) -> dict[str, Any]:
    """Set the template; says how large the file is and whether it is fit for archives."""
    archive = True
    try:
        content = _set(asked, [ARCHIVE])
    except typst.TypstError as error:
        # A letter that no font of this machine has: the standard forbids the empty box, we do not.
        if "PDF/A" not in str(error):
            raise
        archive, content = False, _set(asked, [])
    Path(asked["target"]).write_bytes(content)
    return {"bytes": len(content), "archive": archive}


def _set(asked: dict[str, Any], standards: list[Any]) -> bytes:
    folder = asked["folder"]
    return typst.compile(
        f"{folder}/main.typ",
        root=folder,
        font_paths=asked["fonts"],
        timestamp=asked["at"],
        pdf_standards=standards,
    )


def main() -> None:
    """One question in, one answer out."""
    json.dump(render(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
