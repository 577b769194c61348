"""Working through many records: in pieces by key, each its own short transaction of one batch.

How far a run is, and how it went with each record, is written with the piece itself: whatever
happens, nothing is done twice and nothing is left out.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import acting, working
from kundenkreis.records.bulk import changes
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.models import BulkFailure, BulkRun
from kundenkreis.records.registry import named

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType

FIRST, LEAST, PIECE = 20, 5, 500  # records in one transaction: at first, at least, at most
BUSY = 0.04  # seconds of work in one transaction, since others wait for the database meanwhile
AHEAD = 50_000  # keys that are read at once: each time the whole selection is asked for
AT_ONCE = 200  # records that a request changes itself
State = BulkRun.State


class Taken(Exception):
    """Somebody else works on this run, or it was stopped: the piece is rolled back."""


@working.begins("bulk", State.RUNNING)
class Running:
    """A run that changes the records of a selection."""

    def __init__(self, side: Side, run: BulkRun, actor: Actor) -> None:
        self._side, self._run, self._actor = side, run, actor
        self._kind: RecordType = named(run.kind)
        self._selection = Selection.read(run.asked["selection"])
        self._keys: list[int] = []
        self._pace = new_pace()

    def piece(self) -> bool:
        self._look_again()
        if not self._keys:
            self._keys = self._selection.after(self._kind, self._actor, self._run.position, AHEAD)
        if not self._keys:
            finish(self._side, self._run)
            return False
        part = self._keys[: self._pace.size]
        try:
            with store.group(self._side, f"records.bulk_{self._run.asked['do']}", self._run.batch):
                began = time.thread_time()
                self._some(part)
        except Taken:
            return False
        self._keys = self._keys[len(part) :]
        self._pace.took(time.thread_time() - began)
        return True

    def close(self) -> None:
        """Nothing is held between turns but keys."""

    def _look_again(self) -> None:
        """The rights of whoever asked, as they are now; the run may take long."""
        if self._actor.user_id is not None and self._run.total > AT_ONCE:
            self._actor = acting.viewer(self._actor.user_id).through(self._run.via)
            action = "remove" if self._run.asked["do"] == "remove" else "change"
            self._actor.require(self._kind.right(action))

    def _some(self, keys: list[int]) -> None:
        """Change the records of some keys; one may be gone, or out of sight, since it was read."""
        change = changes.read(self._kind, self._actor, self._run.asked)
        records = list(self._kind.rows(self._actor).filter(pk__in=keys).order_by("pk"))
        outcome = Outcome()
        for record, result in zip(
            records, change.apply(self._kind, self._actor, records), strict=True
        ):
            outcome.note(record, result)
        keep(self._run, outcome, keys[-1])


def new_pace() -> working.Pace:
    """How many records a run changes at once."""
    return working.Pace(FIRST, LEAST, PIECE, BUSY)


class Outcome:
    """How it went with the records of one piece."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failed: list[tuple[int | None, str, str]] = []

    def note(self, record: Any, result: bool | DomainError) -> None:
        if isinstance(result, DomainError):
            self.fail(record.pk, str(record), str(result))
        else:
            self.counts["changed" if result else "unchanged"] += 1

    def fail(self, pk: int | None, name: str, reason: str) -> None:
        self.counts["failed"] += 1
        self.failed.append((pk, name[:200], reason[:500]))


def keep(run: BulkRun, outcome: Outcome, position: int) -> None:
    """Write down how far a run is, in the transaction of what it did. Raises `Taken`."""
    mine = store.rows(BulkRun).filter(pk=run.pk, position=run.position, state=State.RUNNING)
    counts = dict(Counter(run.counts) + outcome.counts)
    if not store.replace(mine, position=position, counts=counts, changed_at=clock.now()):
        raise Taken
    store.append(
        BulkFailure,
        [
            BulkFailure(run_id=run.pk, row=pk, name=name, reason=reason)
            for pk, name, reason in outcome.failed
        ],
    )
    run.position, run.counts = position, counts


def finish(side: Side, run: BulkRun) -> None:
    working.note(side, run, state=State.DONE)
