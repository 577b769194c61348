from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from kundenkreis.kernel import checkpoints


def test_an_error_is_logged_and_the_log_is_kept_short_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, errors, moved = threading.Event(), [sqlite3.OperationalError("disk I/O error")], []

    def once_broken(connection: sqlite3.Connection) -> int:
        if errors:
            raise errors.pop()
        moved.append(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone())
        stop.set()
        return 0

    monkeypatch.setattr(checkpoints, "EVERY", 0.001)
    monkeypatch.setattr(checkpoints, "AFTER_ERROR", 0.001)
    monkeypatch.setattr(checkpoints, "_checkpoint", once_broken)
    checkpoints._run(str(tmp_path / "a.sqlite3"), stop)
    assert len(moved) == 1
    assert "disk I/O error" in caplog.text
