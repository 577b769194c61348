"""The child process that works out the statistics, from the side of the one that starts it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext_lazy as _

from kundenkreis.insight.uplift.report import Found, Given
from kundenkreis.kernel.children import Child, ChildFailed
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
        self._child = Child(program, asdict(given), seconds=seconds)
        self.running = self._child.running
        self.close = self._child.close

    def answer(self) -> Found:
        """What the child found, waiting for it if need be. Raises `DomainError` when it failed."""
        try:
            return Found.read(self._child.answer())
        except ChildFailed as error:
            raise DomainError(
                _("The report could not be worked out."),
                str(error),
                _("It is tried again in a moment; if this stays, tell your administrator."),
            ) from error
