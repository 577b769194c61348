"""Taking back what is too much for a request, as the worker's work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kundenkreis.kernel import store
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import acting, working
from kundenkreis.records.bulk.running import Outcome, State, Taken, finish, keep, new_pace
from kundenkreis.records.past.undo import Undoing

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.models import BulkRun


@working.begins("undo", State.RUNNING)
class TakingBack:
    """A run that takes a batch back."""

    def __init__(self, side: Side, run: BulkRun, actor: Actor) -> None:
        self._side, self._run, self._actor = side, run, actor
        self._work = Undoing(actor, side, run.asked["batch"])
        self._pace = new_pace()

    def piece(self) -> bool:
        if self._actor.user_id is not None:
            self._work.actor = acting.viewer(self._actor.user_id).through(self._run.via)
        try:
            with store.group(self._side, "records.undo", self._run.batch):
                began = time.thread_time()
                more = self._some()
        except Taken:
            return False
        self._pace.took(time.thread_time() - began)
        if not more:
            finish(self._side, self._run)
        return more

    def close(self) -> None:
        """Nothing is held between turns."""

    def _some(self) -> bool:
        position, done = self._work.piece(self._run.position, self._pace.size)
        outcome = Outcome()
        outcome.counts["changed"] = done.count
        outcome.counts["seen"] = done.seen
        for one in done.left:
            if isinstance(one.error, NotFound):
                continue  # what they may not know of is not told by its number either
            outcome.fail(one.pk, one.name, str(one.error) if one.error else one.text)
        keep(self._run, outcome, self._run.position if position is None else position)
        return position is not None
