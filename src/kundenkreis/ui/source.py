"""The source code of the running version, which the AGPL (§ 13) lets everybody have who uses it.

`KUNDENKREIS_SOURCE_URL` names the company's own place for it; without it the product hands out
itself. An allow list says what goes in: no data, no secret, nothing that only lies beside the code.
Of a checkout that are the files git knows, as they are on the disk: what runs has to be committed.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from kundenkreis import __version__

PACKAGE = Path(__file__).resolve().parents[1]
# Of a checkout also what builds the front end and the package; an installed wheel has none of it.
BESIDE = ("frontend", "tools", "LICENSE", "README.md", "pyproject.toml", "package.json",
          "package-lock.json", "requirements.lock", "Makefile")  # fmt: skip
KINDS = frozenset(
    [
        ".py",
        ".html",
        ".css",
        ".js",
        ".mjs",
        ".json",
        ".svg",
        ".po",
        ".md",
        ".toml",
        ".txt",
        ".typ",
        ".lock",
        ".sh",
        ".woff2",
    ]
)
NAME = f"kundenkreis-{__version__}"
# Where no git can tell: nothing of ours lies in folders that are called so.
PRIVATE = frozenset(
    {
        *("backup", "backups", "data", "dump", "dumps", "exports", "log", "logs", "media"),
        *("private", "secret", "secrets", "tmp", "uploads", "var"),
    }
)


def address() -> str:
    """Where the source is: the configured address, else our own; empty where there is none."""
    try:
        return settings.SOURCE_URL or reverse("source")
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=1)
def archive() -> bytes:
    """All of it as a tar.gz; the same bytes for the same files."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as tar,
    ):
        for name, path in sorted(contents(PACKAGE)):
            content = path.read_bytes()
            entry = tarfile.TarInfo(f"{NAME}/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def contents(package: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive and place of every file."""
    root = package.parents[1]
    tops = [(f"src/{package.name}", package)]
    if (root / "pyproject.toml").exists():
        tops += [(name, root / name) for name in BESIDE]
    else:
        tops += [("LICENSE", path) for path in _installed_licences()]
    tracked = _tracked(root)
    for name, top in tops:
        for path in [top] if top.is_file() else top.rglob("*"):
            ours = path in tracked if tracked else not _is_private(path, top)
            if ours and _is_source(path, top):
                yield (Path(name) / path.relative_to(top)).as_posix(), path


def _tracked(root: Path) -> frozenset[Path]:
    """The files of a checkout that git knows; none where there is no git."""
    if not (root / ".git").exists():
        return frozenset()
    asked = ["git", "-C", str(root), "ls-files", "-z"]
    try:
        done = subprocess.run(asked, capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(root / os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def _is_private(path: Path, top: Path) -> bool:
    return not PRIVATE.isdisjoint(part.lower() for part in path.relative_to(top).parts[:-1])


def _is_source(path: Path, top: Path) -> bool:
    """Plain files of ours; never a link that leads elsewhere, never a file of the data folder."""
    inside = path.relative_to(top)
    return (
        path.is_file()
        and not any(part.is_symlink() for part in (path, *path.parents) if part.is_relative_to(top))
        and not any(part.startswith(".") for part in inside.parts)
        and not _is_data(path)
        and (path.suffix in KINDS or path.name in BESIDE)
    )


def _is_data(path: Path) -> bool:
    """Whether it lies in a data folder, should somebody have put one below the code."""
    return any(
        path.is_relative_to(folder)
        for folder in map(Path, settings.DATA_FOLDERS)
        if not PACKAGE.is_relative_to(folder)
    )


def _installed_licences() -> list[Path]:
    try:
        found = files("kundenkreis") or []
    except PackageNotFoundError:
        return []
    return [Path(str(one.locate())) for one in found if one.name == "LICENSE"]
