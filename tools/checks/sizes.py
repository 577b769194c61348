"""Files stay short enough to be read in one go: median ≤ 120 lines, none above 400."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tools.checks.allowed import Exceptions, Finding
from tools.paths import project_files, read

LIMIT = 400
MEDIAN = 120
WRITTEN_BY_HAND = {".py", ".js", ".mjs", ".css", ".html", ".sh"}


def check() -> list[str]:
    lines = {
        path: read(path).count("\n")
        for path in project_files()
        if path.suffix in WRITTEN_BY_HAND and "migrations" not in path.parts
    }
    return Exceptions("sizes").apply(too_long(lines)) + median_too_high(lines)


def too_long(lines: Mapping[Path, int]) -> list[Finding]:
    """Files above the limit, longest first."""
    return [
        Finding(path, count, "", f"{count} lines; the limit is {LIMIT}: split it by topic")
        for path, count in sorted(lines.items(), key=lambda item: -item[1])
        if count > LIMIT
    ]


def median_too_high(lines: Mapping[Path, int]) -> list[str]:
    """The median of the product's modules that contain anything."""
    modules = [n for path, n in lines.items() if path.suffix == ".py" and n and "src" in path.parts]
    middle = median(modules) if modules else 0
    if middle <= MEDIAN:
        return []
    return [f"the median module has {middle:.0f} lines; the goal is {MEDIAN}"]
