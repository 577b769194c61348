"""What of databases and disks can come again, told from what cannot."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connections
from psycopg import errors as server

from kundenkreis.kernel.outage import Away, Full, outage


def of_sqlite(path: Path, *statements: str, options: str = "") -> Exception:
    """The real error of the last statement."""
    with closing(sqlite3.connect(f"file:{path}{options}", uri=True, timeout=0)) as connection:
        for sql in statements[:-1]:
            connection.execute(sql)
        with pytest.raises(sqlite3.Error) as caught:
            connection.execute(statements[-1])
    return caught.value


def as_django_raises(cause: BaseException) -> Exception:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def test_a_file_that_cannot_grow_is_full(tmp_path: Path) -> None:
    error = of_sqlite(
        tmp_path / "a", "CREATE TABLE t (x)", "PRAGMA max_page_count = 2",
        "INSERT INTO t VALUES (zeroblob(100000))",
    )  # fmt: skip
    assert isinstance(outage(as_django_raises(error)), Full)


def test_one_that_only_can_be_read_is_full_too(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a").close()
    (tmp_path / "a").touch()
    error = of_sqlite(tmp_path / "a", "CREATE TABLE t (x)", options="?mode=ro")
    assert isinstance(outage(error), Full)


def test_one_that_another_holds_is_away(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a", isolation_level=None)) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        error = of_sqlite(tmp_path / "a", "INSERT INTO t VALUES (1)")
    assert isinstance(outage(as_django_raises(error)), Away)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (server.DiskFull(), Full),
        (server.AdminShutdown(), Away),
        (server.CannotConnectNow(), Away),
        (server.TooManyConnections(), Away),
        (server.DeadlockDetected(), Away),
        (psycopg.OperationalError("the connection is lost"), Away),
        (server.SyntaxError(), type(None)),
        (server.UniqueViolation(), type(None)),
    ],
)
def test_a_server_says_it_by_its_state(said: Exception, expected: type[Any]) -> None:
    assert isinstance(outage(as_django_raises(said)), expected)


def test_a_server_that_is_not_there_is_away() -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("postgresql://nobody@127.0.0.1:9/x", connect_timeout=2)
    assert isinstance(outage(as_django_raises(caught.value)), Away)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, Full), (errno.EFBIG, Full), (errno.ENOENT, type(None))],
)
def test_an_error_of_the_system_says_it_by_its_number(number: int, expected: type[Any]) -> None:
    assert isinstance(outage(OSError(number, "x")), expected)


@pytest.mark.django_db
def test_what_our_own_sql_does_wrong_is_none() -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        connections["default"].cursor().execute("SELECT * FROM nowhere")
    assert outage(caught.value) is None
    assert outage(ValueError("x")) is None
    assert outage(None) is None
