"""The short-lived process that joins PDF files: `{"parts": ["…", "…"], …}` → one file.

echo '{"folder": "…", "target": "…", …}' | python -I joining.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pypdfium2


def join(parts: list[str], target: str) -> int:
    """All pages of all parts, in order; how many there are."""
    with pypdfium2.PdfDocument.new() as whole:
        for part in parts:
            with pypdfium2.PdfDocument(part) as pages:
                whole.import_pages(pages)
        whole.save(target)
        return len(whole)


def main() -> None:
    """One question in, one answer out."""
    asked = json.load(sys.stdin)
    data = json.loads((Path(asked["folder"]) / "data.json").read_text("utf-8"))
    json.dump({"pages": join(data["parts"], asked["target"])}, sys.stdout)


if __name__ == "__main__":
    main()
