"""The child process that compares, from the side of the one that starts it."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.doubles.base import Row
from kundenkreis.kernel.children import environment
from kundenkreis.kernel.errors import DomainError

SECONDS = 3_600
MOST = 20_000  # pairs of a kind, the best ones
CHILD = (sys.executable, "-m", "kundenkreis.crm.people.doubles.child")


class Comparison:
    """Rows are added, then a child process compares them; it ends with its answer, at its time
    limit, or with its parent.

    The rows lie in a file without a name meanwhile, which is gone with this process.
    """

    def __init__(
        self, kind: str, *, program: Sequence[str] = CHILD, seconds: float = SECONDS
    ) -> None:
        self._program = (*program, kind, str(MOST))
        self._seconds, self._end = seconds, 0.0
        self._rows = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - `close` closes them
        self._answer = TemporaryFile()  # noqa: SIM115
        self._complaint = TemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def add(self, rows: Iterable[Row]) -> None:
        """Give it some more rows, before it starts."""
        for row in rows:
            self._rows.write(json.dumps(row, separators=(",", ":")))
            self._rows.write("\n")

    def start(self) -> None:
        self._rows.flush()
        self._rows.seek(0)
        self._process = subprocess.Popen(
            self._program, stdin=self._rows, stdout=self._answer, stderr=self._complaint,
            env=environment(),
        )  # fmt: skip
        self._end = time.monotonic() + self._seconds

    def running(self) -> bool:
        """Whether to look again later; a child that took too long is ended here."""
        if self._process is None or self._process.poll() is not None:
            return False
        if time.monotonic() < self._end:
            return True
        self._end_process()
        return False

    def answer(self) -> dict[str, Any]:
        """What the child found. Raises `DomainError` when it failed."""
        try:
            if self._process is None or self._process.returncode:
                raise DomainError(
                    _("The base could not be compared."), self._last_words(), _again()
                )
            self._answer.seek(0)
            found: dict[str, Any] = json.load(self._answer)
        finally:
            self.close()
        if "problem" in found:
            raise DomainError(_("The base could not be compared."), found["problem"], _again())
        return found

    def close(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        atexit.unregister(self.close)
        self._end_process()
        for file in (self._rows, self._answer, self._complaint):
            file.close()

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        self._complaint.seek(0)
        lines = self._complaint.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else _("It took too long.")


def _again() -> str:
    return _("It is tried again next night; if this stays, tell your administrator.")
