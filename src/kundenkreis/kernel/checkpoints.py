"""Moving SQLite's write-ahead log into the database beside the writers, not within their commits.

SQLite does that in whichever commit makes the log long, and that commit then waits for the disk.
Here a thread of the role that owns a side's loop does it, often and a little at a time. Where no
loop runs (an import, a single role) the writers do it themselves after `WAL_PAGES`, see `sqlite`.
"""

from __future__ import annotations

import sqlite3
import threading

from django.db import connections

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.sqlite import WAL_PAGES
from kundenkreis.kernel.turns import file_of, turn_at

EVERY = 0.25  # seconds


def keep_short(side: Side, stop: threading.Event) -> None:
    """Begin to keep the side's log short until told to stop; does nothing on a real server."""
    path = file_of(connections[side.alias])
    if path is not None:
        name = f"checkpoints-{side}"
        threading.Thread(target=_run, args=(path, stop), daemon=True, name=name).start()


def _run(path: str, stop: threading.Event) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        while not stop.wait(EVERY):
            pages = _checkpoint(connection)
            if pages > WAL_PAGES // 2:
                # Without a writer the rest is little, and the next one begins the log anew.
                with turn_at(path):
                    _checkpoint(connection)
    except sqlite3.Error:
        return  # the writers see to it themselves
    finally:
        connection.close()


def _checkpoint(connection: sqlite3.Connection) -> int:
    """Move what no reader needs any more, waiting for nobody; returns the log's length in pages."""
    _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)
