"""What a database or a disk says when it cannot go on, as an error that people and programs read.

Nothing is wrong with the request: it can come again. Sources: SQLite's result codes, PostgreSQL's
SQLSTATEs, the operating system's error numbers.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.errors import DomainError, Overloaded

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
BUSY, LOCKED, READONLY, IO_ERROR, FULL, CANNOT_OPEN = 5, 6, 8, 10, 13, 14
DISK_FULL = "53100"
# A server that stops, starts, is not there, has too many connections, or made two wait for each other.
PASSING = ("08", "53", "57P", "40", "55P03")


class Full(DomainError):
    """There is no room for what somebody wants to keep; `retry_after` is in seconds."""

    status = 507
    retry_after = 60

    def __init__(self) -> None:
        super().__init__(
            _("This was not saved."),
            _("The disk of the server is full, or takes nothing at the moment."),
            _("Tell your administrator. You can go on reading; save again when there is room."),
        )


class Away(Overloaded):
    """The database does not answer at the moment."""

    def __init__(self) -> None:
        super().__init__(
            _("The database does not answer at the moment."),
            _("It is being started anew, or has too much to do."),
            _("Try again in a few seconds; look first whether what you sent is there."),
        )


def outage(error: BaseException | None) -> DomainError | None:
    """What this error says of database and disk; None where it says something else."""
    for one in _causes(error):
        if isinstance(one, OSError) and one.errno in NO_ROOM:
            return Full()
        if (code := getattr(one, "sqlite_errorcode", None)) is not None:
            return _of_sqlite(code & 0xFF)
        if (state := getattr(one, "sqlstate", "")) != "":
            return _of_server(state, lost=isinstance(error, OperationalError | InterfaceError))
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _of_sqlite(code: int) -> DomainError | None:
    if code in (FULL, IO_ERROR, READONLY):
        return Full()
    return Away() if code in (BUSY, LOCKED, CANNOT_OPEN) else None


def _of_server(state: str | None, *, lost: bool) -> DomainError | None:
    """Without a state the connection was lost before the server could say anything."""
    if state == DISK_FULL:
        return Full()
    if state is None:
        return Away() if lost else None
    return Away() if state.startswith(PASSING) else None
