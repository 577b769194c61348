"""What people do with many records: begin, look how far it is, stop."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, clock, recipients, store
from kundenkreis.kernel.access import reads_all
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import working
from kundenkreis.records.bulk.changes import Change, Remove
from kundenkreis.records.bulk.running import AT_ONCE
from kundenkreis.records.models import BulkRun
from kundenkreis.records.past.undo import Undoing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.kernel.jobs.backend import JobTask
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.lists.selection import Selection

RESCUE = timedelta(minutes=2)


def begin(
    kind: RecordType, actor: Actor, change: Change | Remove, selection: Selection, job: JobTask
) -> BulkRun:
    """Do something with all records of a selection: at once with a few, with many in the worker.

    Raises `NotAllowed` without any right to it, `DomainError` for nothing to be done.
    """
    require(kind, actor, change)
    total = selection.count(kind, actor)
    if not total:
        raise DomainError(
            _("No record matches any more."),
            _("They were changed or deleted meanwhile, or are not visible to you."),
        )
    run = _new(kind, actor, {**change.plain(kind), "selection": selection.plain}, total)
    if total > AT_ONCE:
        working.enqueue(job, kind.side, run)
        return run
    # Should this process die on the way, the worker goes on.
    working.enqueue(job, kind.side, run, after=clock.now() + RESCUE)
    while working.go_on(kind.side, run.pk, actor, model=BulkRun):
        pass
    return store.stored(kind.side, BulkRun).get(pk=run.pk)


def begin_undo(kind: RecordType, actor: Actor, batch: str, job: JobTask) -> BulkRun:
    """Take back a batch that is too much for a request. Raises `NotFound`."""
    actor.require(kind.right("read"))
    Undoing(actor, kind.side, batch)  # whether there is anything
    # How many others it changed, only those may know who may read them.
    known = reads_all(actor, kind.model)
    total = audit.size(kind.side, batch) if known else 0
    run = _new(kind, actor, {"do": "undo", "batch": batch}, total)
    working.enqueue(job, kind.side, run)
    return run


def require(kind: RecordType, actor: Actor, change: Change | Remove) -> None:
    """Raise `NotAllowed` where the actor may do this with no record at all, `DomainError` where
    the records would be given to somebody who could not open them."""
    action = "remove" if isinstance(change, Remove) else "change"
    actor.require(kind.right("read"))
    actor.require(kind.right(action))
    if isinstance(change, Remove):
        if "remove" not in kind.actions:
            raise actor.refusal(kind.right(action))
        return
    for name in change.names:
        if not kind.sets(actor, name):
            raise NotAllowed(kind.right(action), field=name)
    recipients.require(actor, kind.model, [change.values.get("owner_id")])


def runs(kind: RecordType, viewer: Viewer) -> QuerySet[BulkRun]:
    """The viewer's own runs of a type, newest first."""
    viewer.require(kind.right("read"))
    own = store.stored(kind.side, BulkRun).filter(user_id=viewer.user_id, kind=kind.name)
    return own.order_by("-id")


def run(kind: RecordType, viewer: Viewer, pk: int) -> BulkRun:
    """One of them. Raises `NotFound`, also for somebody else's."""
    found = runs(kind, viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def stop(kind: RecordType, actor: Actor, pk: int) -> None:
    """Stop a run; what it has done by then stays, and can be taken back."""
    found = run(kind, actor, pk)
    with store.group(kind.side, "records.stop_bulk"):
        own = store.rows(BulkRun).filter(pk=found.pk, state=BulkRun.State.RUNNING)
        store.replace(own, state=BulkRun.State.STOPPED, changed_at=clock.now())


def _new(kind: RecordType, actor: Actor, asked: dict[str, object], total: int) -> BulkRun:
    now = clock.now()
    with store.group(kind.side, f"records.begin_bulk_{asked['do']}"):
        return store.create(
            actor, BulkRun, kind=kind.name, user_id=actor.user_id, created_at=now, changed_at=now,
            asked={**asked, **working.asked_now()}, total=total, batch=new_batch(),
        )  # fmt: skip
