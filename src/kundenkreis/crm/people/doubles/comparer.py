"""Comparing the whole base without standing in anybody's way.

Rows are read, the child is waited for and pairs are stored in small steps of the worker's loop,
between which links and jobs get their turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.doubles import commands
from kundenkreis.crm.people.doubles.base import pieces
from kundenkreis.crm.people.doubles.comparison import Comparison
from kundenkreis.crm.people.doubles.queries import waiting
from kundenkreis.crm.people.models import DuplicateRun
from kundenkreis.kernel.access import system
from kundenkreis.kernel.errors import DomainError

log = logging.getLogger(__name__)

KINDS = ("person", "organisation")
PIECE = 200  # pairs that are stored at a time


class Comparer:
    """One run at a time. `compare` makes the comparison of a kind."""

    def __init__(self, compare: Callable[[str], Comparison] = Comparison) -> None:
        self._compare = compare
        self._actor = system("duplicates")
        self._work: Iterator[int] | None = None
        self._waits: Comparison | None = None
        self._began = False

    def begin(self) -> int:
        """Start with the run that waits, unless one is under way; what another process had begun
        and left, begins anew."""
        left = not self._began
        if self._work is not None or not waiting(DuplicateRun.objects.all(), left=left).exists():
            return 0
        run = commands.next_run(actor=self._actor, left=left)
        self._began = True
        if run is None:
            return 0
        self._work = self._steps(run)
        return 1

    def busy(self) -> bool:
        """Whether a comparison is under way."""
        return self._work is not None

    def go_on(self) -> int:
        """The next step; 0 while there is none, or while the child is at work."""
        if self._work is None or (self._waits is not None and self._waits.running()):
            return 0
        try:
            return next(self._work)
        except StopIteration:
            self._work = None
            return 1

    def _steps(self, run: DuplicateRun) -> Iterator[int]:
        """Each `yield` gives way to others."""
        totals = dict.fromkeys(("rows", "compared", "found"), 0)
        problem = ""
        try:
            for kind in KINDS:
                yield from self._kind(run, kind, totals)
        except DomainError as error:
            problem = str(error)
        except Exception:
            log.exception("the base could not be compared")
            problem = _("Something unexpected happened; the log says what.")
        finally:
            if self._waits is not None:
                self._waits.close()
                self._waits = None
        commands.end_run(actor=self._actor, run_id=run.pk, problem=problem, **totals)
        yield 1

    def _kind(self, run: DuplicateRun, kind: str, totals: dict[str, int]) -> Iterator[int]:
        comparison = self._compare(kind)
        try:
            for rows in pieces(kind):
                comparison.add(rows)
                yield len(rows)
            comparison.start()
            self._waits = comparison
            yield 1
            found = comparison.answer()
        finally:
            self._waits = None
            comparison.close()
        pairs: list[Any] = found["pairs"]
        for at in range(0, len(pairs), PIECE):
            commands.keep_pairs(
                actor=self._actor, kind=kind, run_id=run.pk, pairs=pairs[at : at + PIECE]
            )
            yield 1
        while commands.drop_stale(actor=self._actor, kind=kind, run_id=run.pk):
            yield 1
        totals["rows"] += found["rows"]
        totals["compared"] += found["compared"]
        totals["found"] += len(pairs)
