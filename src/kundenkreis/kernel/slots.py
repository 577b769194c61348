"""A few places for work that would bring the machine down if everybody did it at once.

The places are locked files, so that all processes of an installation share them; they are given
back when their holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.errors import Overloaded

_GLANCE = 0.02  # seconds between two looks


class Slots:
    """`places` for a kind of work, in a folder that all processes know.

    At most `waiting` threads of one process ask at the same time; the rest is refused at once, so
    that somebody is left to answer other requests.
    """

    def __init__(self, name: str, *, places: int, waiting: int, patience: float) -> None:
        self.name, self.places, self.patience = name, places, patience
        self._asking = threading.BoundedSemaphore(waiting)

    @contextmanager
    def one(self, folder: Path) -> Iterator[None]:
        """Hold one place. Raises `Overloaded` after `patience` seconds."""
        if not self._asking.acquire(blocking=False):
            raise busy()
        try:
            file = self._take(folder)
        finally:
            self._asking.release()
        try:
            yield
        finally:
            os.close(file)

    def _take(self, folder: Path) -> int:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        end = time.monotonic() + self.patience
        while True:
            for place in random.sample(range(self.places), self.places):
                path = folder / f"{self.name}-{place}"
                file = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return file
                os.close(file)
            if time.monotonic() >= end:
                raise busy()
            time.sleep(_GLANCE)


def busy() -> Overloaded:
    """What somebody reads for whom there was no place."""
    return Overloaded(
        _("Too many people are logging in at the moment."),
        hint=_("Try again in a few seconds."),
    )
