"""Jobs that only the clock asks for, in a thread of their own: whoever waits for an import or a
letter does not wait for them too."""

from __future__ import annotations

import logging
import threading

from django.db import connections

from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side

log = logging.getLogger(__name__)


class Unattended:
    """The step of a side's loop that has them run, one after the other."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._thread: threading.Thread | None = None

    def busy(self) -> bool:
        """Whether one is running."""
        return self._thread is not None and self._thread.is_alive()

    def step(self) -> int:
        """Begin with what is due, unless some are running; returns 0: the loop waits for nothing."""
        if not self.busy() and runner.due(self._side, attended=False).exists():
            name = f"unattended-{self._side}"
            self._thread = threading.Thread(target=self._run, daemon=True, name=name)
            self._thread.start()
        return 0

    def _run(self) -> None:
        try:
            runner.run_due(self._side, attended=False)
        except Exception:
            log.exception("unattended jobs of %s could not be taken", self._side)
        finally:
            connections.close_all()  # each thread has its own
