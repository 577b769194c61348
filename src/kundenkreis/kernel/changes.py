"""Noticing cheaply that something was written to a database of this process."""

from __future__ import annotations

from django.db import connections

Stamp = tuple[int, ...] | None


def stamp() -> Stamp:
    """A value that differs once any connection has written; None where nobody can tell.

    Source: SQLite, `PRAGMA data_version` (others' commits) and `sqlite3_total_changes` (our own).
    """
    found: list[int] = []
    for connection in connections.all():
        if connection.vendor == "unknown":  # the public roles have no crm
            continue
        if connection.vendor != "sqlite":
            return None
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            found += [cursor.fetchone()[0], connection.connection.total_changes]
    return tuple(found)
