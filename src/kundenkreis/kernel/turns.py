"""Taking turns at SQLite's single write lock.

SQLite makes a writer that finds the lock taken sleep and try again, ever more rarely, so one that
writes without pause, such as the collector, keeps all others out for seconds. Here writers queue:
whoever wants to write takes the queue first and then waits for the turn, so the one who just had
it comes last. Both locks are advisory and end with their process; nothing breaks without them.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE = 20.0  # seconds, as long as SQLite itself waits; after that SQLite has the word
_GLANCE = 0.0005  # seconds between two looks


@contextmanager
def turn(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run the transaction inside when it is this writer's turn; does nothing on a real server."""
    path = file_of(connection)
    if path is None or connection.in_atomic_block:
        yield
        return
    with turn_at(path):
        yield


@contextmanager
def turn_at(path: str) -> Iterator[None]:
    """The same for a database file's path."""
    end = time.monotonic() + PATIENCE
    queue = _take(f"{path}-queue", end)
    try:
        mine = _take(f"{path}-turn", end)
    finally:
        os.close(queue)
    try:
        yield
    finally:
        os.close(mine)


def file_of(connection: BaseDatabaseWrapper) -> str | None:
    """The path of a connection's SQLite file; None on a real server."""
    name = str(connection.settings_dict["NAME"])
    return name if connection.vendor == "sqlite" and Path(name).is_absolute() else None


def _take(path: str, end: float) -> int:
    """A locked file, or just an open one when that took too long. Closing it gives the lock back."""
    file = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o660)
    while time.monotonic() < end:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        time.sleep(_GLANCE)
    return file
