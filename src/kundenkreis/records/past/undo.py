"""Taking back what one unit of work did: an edit, a deletion, an import, or an undo itself.

The audit knows every value before and after. What somebody changed since is theirs and stays; the
answer says so. An undo is written like any other change, so it can be taken back in turn. However
much it is, it goes in pieces, newest first; a few in a request, many in the worker (`bulk.undoing`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, removal, store
from kundenkreis.kernel.access import require_fields
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.record import Record, reference
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import registry
from kundenkreis.records.events import PartUndone
from kundenkreis.records.past import bin as deleted
from kundenkreis.records.past.reverting import Done, Left, Reverting, allow

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.models import AuditEntry, RemovedRow
    from kundenkreis.kernel.sides import Side

AT_ONCE = 500  # audit entries that a request takes back itself
PIECE = 100  # entries, or deletions, in one transaction


# Work whose undo is more than the audit knows: who may take it back as a whole and with whose
# rights (None for other batches), and what is to be done at the end.
Authority = Callable[["Actor", "Side", str], "Actor | None"]
Finish = Callable[["Actor", "Side", str], None]
TAKERS_BACK: list[tuple[Authority, Finish]] = []
WHOLE = "records.undo_whole"  # what the audit calls it: the way back from there is not known


@dataclass(slots=True)
class Undone:
    """How many records are as they were before; `left` says what is not, and why.

    `removed`: a record whose page may be open is gone. `seen` is how much of the batch that was.
    `batch` can itself be taken back, if it is not empty.
    """

    count: int = 0
    removed: bool = False
    seen: int = field(default=0, compare=False)
    left: list[Left] = field(default_factory=list)
    batch: str = field(default="", compare=False)

    def add(self, other: Undone) -> None:
        self.count += other.count
        self.removed |= other.removed
        self.left += other.left


def undo(actor: Actor, side: Side, batch: str) -> Undone:
    """Bring everything a batch touched back to what it was before, in pieces of one new batch.

    Raises `NotFound` where there is nothing the actor may know of, `NotAllowed` where they may
    not do any of what it takes, `Conflict` when a deleted record cannot come back or a value that
    must be unique was given away.
    """
    name, result = new_batch(), Undone()
    reader, (actor, whole) = actor, authorised(actor, side, batch)
    work = Undoing(actor, side, batch)
    command = WHOLE if whole else "records.undo"
    with store.group(side, command, name) if whole else nullcontext():
        position: int | None = 0
        while position is not None:
            with store.group(side, command, name):
                position, piece = work.piece(position, PIECE)
            result.add(piece)
        for _authority, finish in TAKERS_BACK if whole else ():
            finish(actor, side, batch)
        result.left = [one.told(reader) for one in result.left] if whole else result.left
        result.batch = name if result.count and not whole else ""
    refused = [one for one in result.left if one.error is not None]
    if not result.count and result.left == refused:
        if refused and refused[0].error is not None:
            raise refused[0].error
        if any(entry.action == "remove" for entry in audit.of_batch(side, batch, PIECE)):
            raise NotFound  # too long ago, or brought back already
    if refused:
        text = _("What you may not change yourself stays as it is.")
        result.left = [one for one in result.left if one.error is None] + [Left(text)]
    return result


def authorised(actor: Actor, side: Side, batch: str) -> tuple[Actor, bool]:
    """Who takes the batch back, and whether as a whole or not at all.

    Raises `DomainError` for what took another batch back as a whole: the audit alone would do half.
    """
    if any(entry.command == WHOLE for entry in audit.of_batch(side, batch, 1)):
        raise DomainError(
            _("What was taken back as a whole is not done again by an undo."),
            _("Do it once more, for example merge the two records again."),
        )
    for authority, _finish in TAKERS_BACK:
        if (found := authority(actor, side, batch)) is not None:
            return found, True
    return actor, False


class Undoing:
    """A batch on its way back, newest first: what was deleted, then what was changed or made.

    Raises `NotFound` for what the product did by itself, such as taking an order: that has its own
    way back.
    """

    def __init__(self, actor: Actor, side: Side, batch: str) -> None:
        self.actor, self._side, self._batch = actor, side, batch
        if not audit.by_staff(side, batch):
            raise NotFound

    def piece(self, position: int, most: int) -> tuple[int | None, Undone]:
        """Take some of it back in the transaction in progress, from a position on, 0 at first.

        Returns where to go on, None at the end. The position is below zero while deleted rows come
        back: the last image that was looked at; above, it is the last audit entry.
        """
        if position <= 0:
            deletions = removal.waiting(self._batch, most, -position or None)
            if deletions:
                return -deletions[-1][-1].pk, self._restored(deletions)
            position = 0
        entries = audit.of_batch(self._side, self._batch, most, position)
        if not entries:
            return None, Undone()
        return entries[-1].pk, self._reverted(entries, position)

    def _restored(self, deletions: list[list[RemovedRow]]) -> Undone:
        result = Undone(seen=sum(map(_entries, deletions)))
        for images in deletions:
            try:
                with store.group(self._side):
                    result.left += map(Left, self._restore(images))
                    result.count += 1
            except DomainError as error:
                known = deleted.may_restore_row(self.actor, images[0])
                result.left.append(Left.of(error, images[0].title if known else ""))
        return result

    def _restore(self, images: list[RemovedRow]) -> list[str]:
        """Bring one deletion back; says what could not come with it."""
        # Before anything is said of it; a part is asked for when what it is part of is there.
        if not deleted.may_restore_row(self.actor, images[0]):
            raise NotFound
        restored = store.restore(self.actor, images)
        for row in restored.roots:
            allow(self.actor, "remove", row)
            require_fields(self.actor, row, ())
            if registry.of_model(type(row)) is None:
                publish(PartUndone(reference(row), row.pk))
        return restored.left

    def _reverted(self, entries: list[AuditEntry], position: int) -> Undone:
        done: dict[str, Done] = {}
        for entry in reversed(entries):
            done.setdefault(entry.target, Done(entry.target, entry.pk, entry.actor)).add(entry)
        # What was deleted is back already, unless it was made in the same breath.
        waiting = [one for one in reversed(done.values()) if not one.gone]
        reverting = Reverting(self.actor, self._side, self._batch, done)
        reverting.revert(waiting)
        # A record that the batch touched again and again is one record.
        again = audit.within(self._side, self._batch, done, since=position) if position else set()
        seen = sum(entry.action != "remove" for entry in entries)
        count = len(reverting.back - again)
        return Undone(count, reverting.removed, seen, reverting.left)


def _entries(images: list[RemovedRow]) -> int:
    """How many entries of the audit tell of a deletion."""
    return sum(one.root or issubclass(apps.get_model(one.table), Record) for one in images)
