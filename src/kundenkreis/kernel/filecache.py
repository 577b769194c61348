"""Django's cache of files, in which only one of two processes can add a value."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class FileCache(FileBasedCache):
    """Django's looks whether a value is there and then writes it: two at once would both be first.

    What counts attempts takes its lock by adding a value.
    """

    def add(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        folder = Path(self._dir)  # type: ignore[attr-defined]  # not in the stubs
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return bool(super().add(key, value, timeout, version))
        finally:
            os.close(lock)
