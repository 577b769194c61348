"""Where things lie in this checkout, and which files belong to it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOT = ROOT / ".boot"
VENV = ROOT / ".venv"
SOURCE = ROOT / "src" / "kundenkreis"


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control; relative to ROOT, sorted.

    A file that nobody has added yet counts as well, so that a check finds it before the commit.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = {Path(name) for name in listed.stdout.split("\0") if name}
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def source_files(*suffixes: str, below: str = "src/kundenkreis") -> list[Path]:
    """The project's files with one of the suffixes, below one folder; relative to ROOT."""
    folder = Path(below)
    return [
        path for path in project_files() if path.suffix in suffixes and path.is_relative_to(folder)
    ]


def read(path: Path) -> str:
    """The text of a file named relative to ROOT."""
    return (ROOT / path).read_text("utf-8")


def is_test(path: Path) -> bool:
    """Tests and test furniture may do what product code may not."""
    return "tests" in path.parts or path.name in {"testing.py", "conftest.py"}
