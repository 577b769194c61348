"""The folder of each transfer, in the data directory of its side; nobody chooses a name in it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from kundenkreis.kernel.sides import Side


def new_name() -> str:
    """A name for a folder that nobody can guess."""
    return secrets.token_hex(16)


def folder(side: Side, name: str) -> Path:
    """The folder of that name, made if it is not there yet."""
    if not name.isalnum():
        raise ValueError(name)
    path: Path = settings.FOLDERS[side] / "exchange" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def keep(path: Path, chunks: Iterable[bytes], most: int) -> int:
    """Write an upload to the disk; returns its size, more than `most` for one that is too large."""
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                break
            file.write(chunk)
    return size


def forget(side: Side, names: Iterable[str]) -> None:
    """Delete folders with all that is in them."""
    for name in names:
        shutil.rmtree(folder(side, name), ignore_errors=True)
