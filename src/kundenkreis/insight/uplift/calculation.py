"""The child process that works out the statistics, from the side of the one that starts it."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from tempfile import TemporaryFile

from django.utils.translation import gettext_lazy as _

from kundenkreis.insight.uplift.report import Found, Given
from kundenkreis.kernel.errors import DomainError

SECONDS = 120
CHILD = (sys.executable, "-m", "kundenkreis.insight.uplift.child")


class Calculation:
    """A child process at work; it ends with its answer, at its time limit, or with its parent.

    Parameters: `given` is what the child reads; `seconds` its time limit.
    """

    def __init__(
        self, given: Given, *, program: Sequence[str] = CHILD, seconds: float = SECONDS
    ) -> None:
        # Files, because a child that fills a pipe waits until somebody reads it.
        self._answer = TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._complaint = TemporaryFile()  # noqa: SIM115 - likewise
        with TemporaryFile() as question:
            question.write(json.dumps(asdict(given)).encode())
            question.seek(0)
            self._process = subprocess.Popen(
                program,
                stdin=question,
                stdout=self._answer,
                stderr=self._complaint,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        self._end = time.monotonic() + seconds
        atexit.register(self.close)

    def running(self) -> bool:
        """Whether to look again later; a child that took too long is ended here."""
        if self._process.poll() is not None:
            return False
        if time.monotonic() < self._end:
            return True
        self._complaint.write(b"timeout\n")
        self._end_process()
        return False

    def answer(self) -> Found:
        """What the child found, waiting for it if need be. Raises `DomainError` when it failed."""
        try:
            while self.running():
                time.sleep(0.01)
            if self._process.returncode:
                raise DomainError(
                    _("The report could not be worked out."),
                    self._last_words(),
                    _("It is tried again in a moment; if this stays, tell your administrator."),
                )
            self._answer.seek(0)
            return Found.read(json.load(self._answer))
        finally:
            self.close()

    def close(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        atexit.unregister(self.close)
        self._end_process()
        self._answer.close()
        self._complaint.close()

    def _end_process(self) -> None:
        self._process.kill()
        self._process.wait()

    def _last_words(self) -> str:
        self._complaint.seek(0)
        lines = self._complaint.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""
