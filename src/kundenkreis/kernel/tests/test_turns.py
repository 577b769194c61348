"""Writers of one SQLite file take turns: nobody who writes without pause keeps another one out."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from kundenkreis.kernel import checkpoints, turns

SECONDS = 1.0
HELD = 0.02  # how long a greedy writer keeps the lock, again and again


@pytest.fixture
def file(tmp_path: Path) -> Iterator[str]:
    path = str(tmp_path / "some.sqlite3")
    connection = _open(path)
    connection.execute("CREATE TABLE t (x)")
    yield path
    connection.close()


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=20)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _write(path: str, turn: Callable[[], AbstractContextManager[None]]) -> list[float]:
    """Write for `SECONDS` without pause; how long each write waited for its turn."""
    connection, waited = _open(path), []
    end = time.monotonic() + SECONDS
    while (began := time.monotonic()) < end:
        with turn():
            connection.execute("BEGIN IMMEDIATE")
            waited.append(time.monotonic() - began)
            connection.execute("INSERT INTO t VALUES (1)")
            time.sleep(HELD)
            connection.execute("COMMIT")
    connection.close()
    return waited


def _longest_wait(path: str, turn: Callable[[], AbstractContextManager[None]]) -> float:
    """The longest that one of two greedy writers waited."""
    with ThreadPoolExecutor(2) as both:
        waited = both.map(lambda _: _write(path, turn), range(2))
        return max(map(max, waited))


def test_a_writer_waits_for_about_one_transaction_of_another(file: str) -> None:
    assert _longest_wait(file, lambda: turns.turn_at(file)) < 8 * HELD


def test_control_without_turns_one_writer_keeps_the_other_out(file: str) -> None:
    assert _longest_wait(file, nullcontext) > 8 * HELD


def test_a_turn_ends_with_its_process(file: str) -> None:
    child = os.fork()
    if child == 0:
        with turns.turn_at(file):
            os._exit(0)  # as a kill would: nothing is given back
    os.waitpid(child, 0)
    began = time.monotonic()
    with turns.turn_at(file):
        assert time.monotonic() - began < 1


def test_a_turn_that_never_comes_is_not_waited_for_forever(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with turns.turn_at(file):
        began = time.monotonic()
        with turns.turn_at(file):  # leaves the decision to SQLite
            assert 0.04 < time.monotonic() - began < 1


def test_the_log_is_moved_into_the_database_beside_the_writers(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 0.01)
    monkeypatch.setattr(checkpoints, "WAL_PAGES", 200)
    writer, stop = _open(file), threading.Event()
    writer.execute("PRAGMA wal_autocheckpoint=0")
    thread = threading.Thread(target=checkpoints._run, args=(file, stop))
    thread.start()
    sizes = []
    for _ in range(60):
        writer.execute("INSERT INTO t VALUES (randomblob(200000))")
        sizes.append(Path(f"{file}-wal").stat().st_size)
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert max(sizes) < sum(200_000 for _ in sizes) / 2  # without checkpoints: 12 MB
    assert writer.execute("SELECT count(*) FROM t").fetchone() == (60,)
    writer.close()
