"""Erasing what a database leaves behind: pages, indexes and logs that still hold deleted rows.

SQLite overwrites what is deleted at once (`secure_delete`), but not in the log that goes before it,
nor in the full-text index until that is put in order. PostgreSQL keeps dead rows until it is told
to clean up; its own log is kept as long as the administrator says.
"""

# ruff: noqa: S608 - names are our own

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db import connections

from kundenkreis.kernel.sides import Side

SMALL = 512 * 1024 * 1024  # bytes that are written anew without anybody noticing
PATIENCE = 20.0  # seconds for readers to let go of the log
FULL_TEXT = ("kernel_search_words", "kernel_search_parts")


def scrub(side: Side, tables: Collection[str] = (), *, whole: bool | None = None) -> bool:
    """Let nothing of deleted rows be left in the files; whether the log could be emptied, too.

    `whole` writes the database anew: by default where it is small. `tables` are those that lost
    rows. Must not run in a transaction.
    """
    connection = connections[side.alias]
    if connection.in_atomic_block:
        raise RuntimeError("a database is not cleaned within a transaction")
    if connection.vendor == "sqlite":
        return _sqlite(connection, whole=whole)
    return _postgresql(connection, tables)


def _sqlite(connection: Any, *, whole: bool | None) -> bool:
    path = Path(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        for table in FULL_TEXT:
            cursor.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        if path.stat().st_size <= SMALL if whole is None else whole:
            cursor.execute("VACUUM")
        end = time.monotonic() + PATIENCE
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_pages = cursor.fetchone()
            if not busy or time.monotonic() > end:
                return not busy
            time.sleep(0.1)


def _postgresql(connection: Any, tables: Collection[str]) -> bool:
    """The search indexes keep deleted words in a list of their own until it is emptied."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in sorted(tables):
            # ANALYZE: the statistics would still name the most common values.
            cursor.execute(f"VACUUM (ANALYZE) {quote(table)}")
    return True
