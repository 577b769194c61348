"""A database that refuses some statements, with the errors it really has."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import OperationalError, connections

from kundenkreis.kernel.testing import BOTH

FULL = sqlite3.SQLITE_FULL
BUSY = sqlite3.SQLITE_BUSY
WRITES = r"^\s*(INSERT|UPDATE|DELETE)"
ALL = ""


@contextmanager
def failing(code: int, statements: str = WRITES) -> Iterator[None]:
    """Both databases refuse every statement that looks so."""
    cause = sqlite3.OperationalError("refused")
    cause.sqlite_errorcode = code
    wanted = re.compile(statements)

    def refuse(execute: Any, sql: str, *more: Any) -> Any:
        if wanted.match(sql):
            raise OperationalError("refused") from cause
        return execute(sql, *more)

    with ExitStack() as stack:
        for alias in BOTH:
            stack.enter_context(connections[alias].execute_wrapper(refuse))
        yield
