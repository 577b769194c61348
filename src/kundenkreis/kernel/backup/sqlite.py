"""A SQLite database as a file of its own: copied page by page from a snapshot (its online backup).

The copy lies beside the database for as long as it is read, private and already without a name.
"""

# ruff: noqa: S608 - names are our own

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.backup.snapshots import Part, migrations, position
from kundenkreis.kernel.log import Position
from kundenkreis.kernel.sides import Side

DATABASE = "database.sqlite3"
PAGES = 1_000  # per step
LEFT = ".backup-"  # how a copy is called until it has no name any more


class SqliteSnapshot:
    """A read transaction: with a write-ahead log, others go on writing beside it."""

    def __init__(self, connection: Any, side: Side) -> None:
        self._connection, self._side = connection, side
        self._cursor = connection.cursor()
        self._cursor.execute("BEGIN")
        self._cursor.execute("SELECT count(*) FROM sqlite_master")
        self._cursor.fetchone()

    def about(self) -> dict[str, Any]:
        return {"vendor": "sqlite", "migrations": migrations(self._cursor)}

    def position(self, reader: str) -> Position:
        return position(self._cursor, reader)

    def sent(self) -> Position:
        self._cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'kernel_outboxmessage'")
        row = self._cursor.fetchone()
        return Position(0, row[0] if row else 0)

    def holds_until(self, position: Position) -> bool:
        return position.row <= self.sent().row

    def parts(self) -> Iterator[Part]:
        path = Path(str(self._connection.settings_dict["NAME"]))
        for left in path.parent.glob(f"{LEFT}*"):
            left.unlink(missing_ok=True)
        with self._copied(path.parent) as content:
            yield Part(f"{self._side}/{DATABASE}", content, os.fstat(content.fileno()).st_size)

    def _copied(self, folder: Path) -> IO[bytes]:
        handle, name = tempfile.mkstemp(prefix=LEFT, dir=folder)
        os.close(handle)
        try:
            with closing(sqlite3.connect(name)) as target:
                target.execute("PRAGMA synchronous=OFF")
                self._connection.connection.backup(target, pages=PAGES)
            return Path(name).open("rb")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                raise
            raise no_room() from error
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                Path(name + ending).unlink(missing_ok=True)

    def counts(self) -> dict[str, int]:
        return {name: self._count(name) for name in tables(self._cursor)}

    def _count(self, table: str) -> int:
        self._cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(self._cursor.fetchone()[0])


def snapshot(connection: Any, side: Side) -> SqliteSnapshot:
    return SqliteSnapshot(connection, side)


def tables(cursor: Any) -> list[str]:
    """The tables that hold rows of their own; those of full-text search follow from others."""
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%%' ESCAPE '\\'"
        " AND name NOT LIKE 'kernel\\_search\\_%%' ESCAPE '\\' ORDER BY name"
    )
    return [str(row[0]) for row in cursor.fetchall()]


def sound(path: Path, counts: dict[str, int]) -> bool:
    """Whether a copy is a whole database with so many rows in its tables."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return False
            for table, count in counts.items():
                if connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() != (count,):
                    return False
    except sqlite3.DatabaseError:
        return False
    return True


def no_room() -> BackupRefused:
    return BackupRefused(
        _("There is no room left on the disk."),
        _("A backup needs room for itself and, beside a SQLite database, once for its copy."),
        _("Nothing was left behind. Make room, or name another folder."),
    )
