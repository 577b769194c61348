"""Erasing what a database leaves behind: pages, indexes and logs that still hold deleted rows.

SQLite overwrites what is deleted at once (`secure_delete`), but not in the log that goes before it,
nor in the full-text index until that is put in order. PostgreSQL keeps dead rows until it is told
to clean up, and their bytes in the pages after that: only a table that is written anew has none of
them. Its own log is kept as long as the administrator says.
"""

# ruff: noqa: S608 - names are our own

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections

from kundenkreis.kernel.sides import Side

SMALL = 512 * 1024 * 1024  # bytes that are written anew without anybody noticing
PATIENCE = 20.0  # seconds for readers to let go of the log
SMALL_TABLE = (
    32 * 1024 * 1024
)  # bytes of a table with its indexes, likewise: it is locked meanwhile
LOCK_SECONDS = 2
# What the server has learned of values: the most common ones stand there.
LEARNED = "pg_statistic"
FULL_TEXT = ("kernel_search_words", "kernel_search_parts")


def scrub(side: Side, tables: Collection[str] = (), *, whole: bool | None = None) -> bool:
    """Let nothing of deleted rows be left in the files; whether the log could be emptied, too.

    `whole` writes the database, or these tables, anew: by default where they are small. `tables` are
    those that lost rows. Must not run in a transaction.
    """
    connection = connections[side.alias]
    if connection.in_atomic_block:
        raise RuntimeError("a database is not cleaned within a transaction")
    if connection.vendor == "sqlite":
        return _sqlite(connection, whole=whole)
    return _postgresql(connection, tables, whole=whole)


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


def _postgresql(connection: Any, tables: Collection[str], *, whole: bool | None) -> bool:
    """Whether every table that is small enough could be written anew: somebody may be reading one.

    ANALYZE: the statistics would still name the most common values.
    """
    done = True
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            for table in (*sorted(tables), LEARNED):
                name = connection.ops.quote_name(table)
                if _is_small(cursor, name) if whole is None else whole:
                    done &= _written_anew(cursor, name)
                else:
                    # The search indexes keep deleted words in a list of their own until this.
                    cursor.execute(f"VACUUM (ANALYZE) {name}")
        finally:
            cursor.execute("RESET lock_timeout")
    return done


def _is_small(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [name])
    return bool(cursor.fetchone()[0] <= SMALL_TABLE)


def _written_anew(cursor: Any, name: str) -> bool:
    try:
        cursor.execute(f"VACUUM (FULL, ANALYZE) {name}")
    except OperationalError:  # somebody has it; what is dead goes at least
        cursor.execute(f"VACUUM (ANALYZE) {name}")
        return False
    return True
