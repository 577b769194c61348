"""Files that the product keeps, by what is in them: `media/ab/cdef…` in the folder of their side.

The name is the SHA-256 of the content, so a file never changes and lies there once. Rows name it;
what no row names any more is swept away at night (`files.swept`).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings

from kundenkreis.kernel.sides import Side

_DIGEST = re.compile(r"[0-9a-f]{64}")
YOUNG = 24 * 3600  # seconds in which a file may not have its row yet

NAMED: list[tuple[Side, Callable[[], Iterable[str]]]] = []


def named_by(side: Side) -> Callable[[Callable[[], Iterable[str]]], Callable[[], Iterable[str]]]:
    """Say which files the rows of a context name."""

    def register(names: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
        NAMED.append((side, names))
        return names

    return register


def keep(side: Side, content: bytes | Path) -> str:
    """Keep a file; returns its name. A path is read, not moved."""
    data = content if isinstance(content, bytes) else content.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(side, digest)
    if path.exists():
        os.utime(path)  # young again: somebody is about to name it
        return digest
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{digest}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return digest


def path_of(side: Side, digest: str) -> Path:
    """Where a file of that name lies. Raises `ValueError` for what is no name of one."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(digest)
    root: Path = settings.FOLDERS[side]
    return root / "media" / digest[:2] / digest[2:]


def there(side: Side, digest: str) -> bool:
    """Whether there is such a file."""
    return bool(digest) and path_of(side, digest).exists()


def discard(side: Side, digests: Iterable[str]) -> None:
    """Delete files at once, such as those of somebody who is to be forgotten."""
    for digest in filter(None, digests):
        path_of(side, digest).unlink(missing_ok=True)


def swept(side: Side, *, young: float = YOUNG) -> int:
    """Delete what no row names and what is left of writes that were cut off; how many."""
    known = {name for where, names in NAMED if where is side for name in names()}
    old, gone = time.time() - young, 0
    for path, digest in _stored(side):
        if digest not in known and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _stored(side: Side) -> Iterator[tuple[Path, str]]:
    root: Path = settings.FOLDERS[side]
    for path in (root / "media").glob("??/*"):
        yield path, f"{path.parent.name}{path.name}"
