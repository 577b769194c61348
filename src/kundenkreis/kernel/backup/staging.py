"""Where a restore gathers before anybody sees it: `restoring` in each side's folder, and there a
SQLite database or, on the server, a schema beside the one in use.

Until `switch` nothing in use is touched. From its first step a note says that it has begun: what is
cut off then is brought to its end by `roll_forward`, never left half.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from kundenkreis.kernel import tombstones
from kundenkreis.kernel.backup import loading
from kundenkreis.kernel.backup.running import NAME, SWITCHING
from kundenkreis.kernel.backup.sqlite import DATABASE
from kundenkreis.kernel.sides import Side

SCHEMA = "kk_restoring"
OLD = "old"
# What takes the place of what is there; whatever else lies in a side's folder stays.
FOLDERS = ("media", "exchange")


def folder(side: Side) -> Path:
    """The side's place for what is restored."""
    root: Path = settings.FOLDERS[side]
    return root / NAME


def is_switching() -> bool:
    """Whether a restore was cut off in the middle of taking its place."""
    return (folder(Side.ENGAGE) / SWITCHING).exists()


def clear() -> None:
    """Begin anew, or leave nothing of a restore that was given up."""
    for side in Side:
        shutil.rmtree(folder(side), ignore_errors=True)
        loading.drop_schema(side, SCHEMA)


def begin() -> None:
    """An empty place on both sides."""
    clear()
    for side in Side:
        folder(side).mkdir(mode=0o700)
        loading.create_schema(side, SCHEMA)


@contextmanager
def instead() -> Iterator[None]:
    """Let everything inside work on what is restored, as if it were the installation."""
    roots: Mapping[Side, Path] = dict(settings.FOLDERS)
    secrets: Mapping[Side, Path] = dict(settings.SECRET_FILES)
    before = {side: dict(connections[side.alias].settings_dict) for side in Side}
    places = {side: folder(side) for side in Side}
    try:
        for side in Side:
            connections[side.alias].close()
            _point(side, places[side])
            settings.FOLDERS[side] = places[side]
            settings.SECRET_FILES[side] = places[side] / secrets[side].name
        tombstones.forget_keys()
        yield
    finally:
        for side in Side:
            connections[side.alias].close()
            connections[side.alias].settings_dict.update(before[side])
            settings.FOLDERS[side], settings.SECRET_FILES[side] = roots[side], secrets[side]
        tombstones.forget_keys()


def _point(side: Side, place: Path) -> None:
    known: dict[str, Any] = connections[side.alias].settings_dict
    if connections[side.alias].vendor == "sqlite":
        known["NAME"] = str(place / DATABASE)
    else:
        known["OPTIONS"] = {**known.get("OPTIONS", {}), "options": f"-c search_path={SCHEMA}"}


def switch() -> None:
    """Put what is restored in the place of what is there."""
    for side in Side:
        loading.settle(side, folder(side) / DATABASE)
    note = folder(Side.ENGAGE) / SWITCHING
    with note.open("w") as file:
        os.fsync(file.fileno())
    _sync(note.parent)
    roll_forward()


def roll_forward() -> None:
    """The steps of switching that are not done yet, in any order of crashes."""
    for side in Side:
        connections[side.alias].close()
        place = folder(side)
        if not place.exists():
            continue
        loading.take_place(side, place / DATABASE, SCHEMA)
        for name in FOLDERS:
            _swap(place, name)
        for path in place.iterdir():
            if path.is_file() and path.name != SWITCHING and not path.name.startswith(DATABASE):
                _replace(path, place.parent / path.name)
        _sync(place.parent)
    (folder(Side.ENGAGE) / SWITCHING).unlink(missing_ok=True)
    clear()


def _swap(place: Path, name: str) -> None:
    """A folder of files; what was there goes. Its mode stays: others of its group may read it."""
    there, new, old = place.parent / name, place / name, place / OLD / name
    if not new.exists():
        return
    old.parent.mkdir(exist_ok=True)
    if there.exists():
        shutil.copymode(there, new)
        there.rename(old)
    new.rename(there)


def _replace(path: Path, target: Path) -> None:
    if target.exists():
        shutil.copymode(target, path)
    path.replace(target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(error: OSError) -> bool:
    """Whether an error says that there is no room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
