"""Reading that is given up when it takes too long: for figures that nobody has to have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from django.db import DatabaseError, OperationalError, connections
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError

if TYPE_CHECKING:
    from kundenkreis.kernel.sides import Side

STEPS = 10_000  # of SQLite's machine, between two looks at the clock


@contextmanager
def no_longer_than(side: Side, seconds: float) -> Iterator[None]:
    """Let the queries inside take so long. Raises `DomainError` when one takes longer."""
    connection = connections[side.alias]
    connection.ensure_connection()
    postgresql = connection.vendor == "postgresql"
    if postgresql:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds}s"])
    else:
        end = time.monotonic() + seconds
        connection.connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    except OperationalError as error:
        raise DomainError(
            _("This takes too long."),
            _("There are too many records to go through them all."),
            _("Narrow the list by a filter, then try again."),
        ) from error
    finally:
        if not postgresql:
            connection.connection.set_progress_handler(None, 0)
        else:
            # A transaction that failed takes the setting back by itself.
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")
