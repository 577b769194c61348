"""Reading append-only logs without missing a row.

PostgreSQL hands out ids before the transactions that use them commit, so a reader that remembers
the highest id it saw skips rows that commit late. Rows therefore carry their transaction's id and
are read in order of `(tx, id)`, and only those whose transaction is older than every running one
(`pg_snapshot_xmin`). SQLite has one writer: `tx` is 0 and the order is that of the ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db import connections
from django.db.models import Q, QuerySet

from kundenkreis.kernel import clock
from kundenkreis.kernel.models import Cursor, LogRow
from kundenkreis.kernel.sides import Side

L = TypeVar("L", bound=LogRow)


# Before every transaction: a restore on another server may have moved their numbers below zero.
BEGINNING = -(2**62)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a log: transaction id, then row id."""

    tx: int = BEGINNING
    row: int = 0


def settled(rows: QuerySet[L], side: Side) -> QuerySet[L]:
    """Only rows that no running transaction can still precede, in reading order."""
    connection = connections[side.alias]
    if connection.vendor != "postgresql":
        return rows.order_by("id")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (horizon,) = cursor.fetchone()
    return rows.filter(tx__lt=horizon).order_by("tx", "id")


def rows_after(model: type[L], after: Position, side: Side) -> QuerySet[L]:
    """Settled rows after a position, oldest first; the caller sets a limit."""
    rows = model._default_manager.using(side.alias)
    if connections[side.alias].vendor != "postgresql":
        return rows.filter(id__gt=after.row).order_by("id")
    later = Q(tx=after.tx, id__gt=after.row) | Q(tx__gt=after.tx)
    return settled(rows.filter(tx__gte=after.tx).filter(later), side)


def read_after(model: type[L], after: Position, limit: int, side: Side) -> list[L]:
    """Up to `limit` settled rows after a position, oldest first."""
    return list(rows_after(model, after, side)[:limit])


def rows_until(model: type[L], last: Position, side: Side) -> QuerySet[L]:
    """Rows up to and with a position that a reader has reached, oldest first."""
    rows = model._default_manager.using(side.alias)
    if connections[side.alias].vendor != "postgresql":
        return rows.filter(id__lte=last.row).order_by("id")
    earlier = Q(tx=last.tx, id__lte=last.row) | Q(tx__lt=last.tx)
    return rows.filter(tx__lte=last.tx).filter(earlier).order_by("tx", "id")


def position(name: str, side: Side) -> Position:
    """Where the named reader stands; the beginning for a new one."""
    found = Cursor.objects.using(side.alias).filter(name=name).first()
    return Position(found.tx, found.row) if found else Position()


def move(name: str, to: Position, side: Side) -> None:
    """Remember where the named reader stands, in the transaction in progress."""
    Cursor.objects.using(side.alias).update_or_create(
        name=name, defaults={"tx": to.tx, "row": to.row, "moved_at": clock.now()}
    )
