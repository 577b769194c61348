"""`python -m tools.reference [--check]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.utils import translation

from tools.paths import ROOT

FOLDER = ROOT / "docs" / "reference"


def main(arguments: list[str]) -> int:
    """Writes every page, or says which are not as they would be written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenkreis.config.settings.inner")
    django.setup()
    translation.activate("en")
    from kundenkreis.api.reference import markdown as api
    from kundenkreis.dossier.processing import markdown as processing
    from tools.reference import errors, events, rights, settings

    pages = {
        "api.md": api(),
        "rights.md": rights.page(),
        "events.md": events.page(),
        "settings.md": settings.page(),
        "errors.md": errors.page(),
        "record-of-processing.md": processing(),
    }
    pages["README.md"] = _contents(pages)
    if "--check" in arguments:
        old = [name for name, text in pages.items() if _old(FOLDER / name) != text]
        print("\n".join(f"docs/reference/{name} is out of date: make messages" for name in old))
        return bool(old)
    for name, text in pages.items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


def _old(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


def _contents(pages: dict[str, str]) -> str:
    """The first page: every other one by its heading."""
    lines = [
        f"- [{text.partition(chr(10))[0].removeprefix('# ')}]({name})"
        for name, text in sorted(pages.items())
    ]
    return "\n".join(
        ["# Reference", "", "Made from the product by `make messages`.", "", *lines, ""]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
