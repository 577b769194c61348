"""A value that every request needs and that seldom changes, read again after a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 1.0  # that a change may go unnoticed


class Remembered(Generic[T]):
    """Calls `load` at most once a second, whoever asks; an error is raised and not remembered."""

    def __init__(self, load: Callable[[], T], now: Callable[[], float] = time.monotonic) -> None:
        self._load, self._now = load, now
        self._known: tuple[float, T] | None = None

    def __call__(self) -> T:
        began = self._now()
        # Two threads may both read it when it is due; that costs less than a lock for everybody.
        if self._known is None or began - self._known[0] >= SECONDS:
            self._known = (began, self._load())
        return self._known[1]
