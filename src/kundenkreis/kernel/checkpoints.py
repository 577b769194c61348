"""Moving SQLite's write-ahead log into the database beside the writers, not within their commits.

SQLite does that in whichever commit makes the log long, and that commit then waits for the disk.
Here a thread of the role that owns a side's loop does it, often and a little at a time. Where no
loop runs (an import, a single role) the writers do it themselves after `WAL_PAGES`, see `sqlite`.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing

from django.db import connections

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.sqlite import WAL_PAGES
from kundenkreis.kernel.turns import file_of, turn_at

EVERY = 0.25  # seconds
AFTER_ERROR = 10.0

log = logging.getLogger(__name__)


def keep_short(side: Side, stop: threading.Event) -> None:
    """Begin to keep the side's log short until told to stop; does nothing on a real server."""
    path = file_of(connections[side.alias])
    if path is not None:
        name = f"checkpoints-{side}"
        threading.Thread(target=_run, args=(path, stop), daemon=True, name=name).start()


def _run(path: str, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                _keep_short(connection, path, stop)
        except (sqlite3.Error, OSError):
            # Until it works again the writers see to it themselves.
            log.exception("the log of %s was not moved into it", path)
            stop.wait(AFTER_ERROR)


def _keep_short(connection: sqlite3.Connection, path: str, stop: threading.Event) -> None:
    while not stop.wait(EVERY):
        pages = _checkpoint(connection)
        if pages > WAL_PAGES // 2:
            # Without a writer the rest is little, and the next one begins the log anew.
            with turn_at(path):
                _checkpoint(connection)


def _checkpoint(connection: sqlite3.Connection) -> int:
    """Move what no reader needs any more, waiting for nobody; returns the log's length in pages."""
    _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)
