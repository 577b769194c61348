"""A short-lived child process that does what no process that stays should have loaded.

It reads its question as JSON, writes its answer as JSON, and ends with its answer, at its time
limit, or with its parent. What it may take of the machine is bounded, and it is told no secret: some
of them open what strangers send.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from math import ceil
from tempfile import TemporaryFile
from typing import Any

PAUSE = 0.01  # seconds between two looks
OURS = "KUNDENKREIS_"  # where databases and keys are


class ChildFailed(Exception):
    """It ended without an answer; the text is the last line of what it complained of."""


def environment() -> dict[str, str]:
    """What a child is told of where it runs."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**told, "OPENBLAS_NUM_THREADS": "1"}


class Child:
    """A child process at work.

    Parameters: `program` and its arguments, what it reads (`question`), its limits: `seconds`, bytes
    of addresses (`memory`; a tenth of it is really used), bytes of a file it writes (`output`).
    """

    def __init__(
        self,
        program: Sequence[str],
        question: Any,
        *,
        seconds: float,
        memory: int | None = None,
        output: int | None = None,
    ) -> None:
        # Files, because a child that fills a pipe waits until somebody reads it.
        self._answer = TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._complaint = TemporaryFile()  # noqa: SIM115 - likewise
        with TemporaryFile() as asked:
            asked.write(json.dumps(question).encode())
            asked.seek(0)
            self._process = subprocess.Popen(
                program,
                stdin=asked,
                stdout=self._answer,
                stderr=self._complaint,
                env=environment(),
            )
        # Its parent may be gone without a word: then the processor's time ends it.
        self._limit(resource.RLIMIT_CPU, ceil(seconds) * (os.cpu_count() or 1))
        self._limit(resource.RLIMIT_AS, memory)
        self._limit(resource.RLIMIT_FSIZE, output)
        self._limit(resource.RLIMIT_CORE, 0)
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

    def answer(self) -> Any:
        """What the child found, waiting for it if need be. Raises `ChildFailed`."""
        try:
            while self.running():
                time.sleep(PAUSE)
            if self._process.returncode:
                raise ChildFailed(self._last_words())
            self._answer.seek(0)
            return json.load(self._answer)
        finally:
            self.close()

    def close(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        atexit.unregister(self.close)
        self._end_process()
        self._answer.close()
        self._complaint.close()

    def _limit(self, what: int, most: int | None) -> None:
        if most is not None:
            with suppress(ProcessLookupError):  # it has ended already
                resource.prlimit(self._process.pid, what, (most, most))

    def _end_process(self) -> None:
        self._process.kill()
        self._process.wait()

    def _last_words(self) -> str:
        self._complaint.seek(0)
        lines = self._complaint.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""
