"""One side's database as it is at one instant, read while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, Protocol

from django.db import connections

from kundenkreis.kernel.log import Position
from kundenkreis.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a database's content, to be read before the next is asked for."""

    name: str
    content: IO[bytes]
    size: int


class Snapshot(Protocol):
    """What a backup needs of either kind of database."""

    def about(self) -> dict[str, Any]:
        """Of which kind it is, its migrations, and what else a restore needs."""

    def position(self, reader: str) -> Position:
        """Where a named reader stands."""

    def sent(self) -> Position:
        """How far the outbox reaches."""

    def holds_until(self, position: Position) -> bool:
        """Whether everything of the outbox up to there is in the snapshot."""

    def parts(self) -> Iterator[Part]:
        """The content."""

    def counts(self) -> dict[str, int]:
        """The number of rows of each table, by what `parts` gave."""


@contextmanager
def open_snapshot(side: Side) -> Iterator[Snapshot]:
    """A snapshot on a connection of its own, which is closed at the end."""
    connection = connections[side.alias].copy()
    connection.connect()
    try:
        kind = "sqlite" if connection.vendor == "sqlite" else "postgresql"
        found: Snapshot = import_module(f"{__package__}.{kind}").snapshot(connection, side)
        yield found
    finally:
        connection.close()


def migrations(cursor: Any) -> list[list[str]]:
    """What was migrated, as the database itself says."""
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [list(row) for row in cursor.fetchall()]


def position(cursor: Any, reader: str) -> Position:
    cursor.execute('SELECT tx, "row" FROM kernel_cursor WHERE name = %s', [reader])
    row = cursor.fetchone()
    return Position(*row) if row else Position()
