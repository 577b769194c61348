"""Making one record of two, and two of one again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.transactions import current
from kundenkreis.records import registry, write
from kundenkreis.records.circles import untied
from kundenkreis.records.events import RecordsMerged, RecordsParted
from kundenkreis.records.merging.references import move, move_back
from kundenkreis.records.merging.values import defaults, survivors
from kundenkreis.records.models import Merge
from kundenkreis.records.past.undo import TAKERS_BACK, Undone, undo

if TYPE_CHECKING:
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType

MOST_STEPS = 20  # merges that are followed


@dataclass(frozen=True, slots=True)
class Merged:
    """The record that stayed, how many rows name it now, and what an undo is asked for by."""

    record: Any
    count: int
    batch: str


def merge(
    *,
    actor: Actor,
    kind: RecordType,
    kept_id: int,
    gone_id: int,
    taken: Collection[str] | None = None,
) -> Merged:
    """Let one record be part of another one of its type, with everything that names it.

    `taken` are the fields whose value comes from the one that goes; by default those that the other
    one is lacking. Raises `NotFound`, `NotAllowed`, `DomainError` for a record with itself, or when
    something still needs the one that goes.
    """
    if kept_id == gone_id:
        raise DomainError(_("Choose two different records."))
    for pk in (kept_id, gone_id):
        kind.one(actor, pk)  # what nobody may see is not there
    with store.group(kind.side, f"{kind.name}.merge"):
        locked = store.lock_many(kind.model, [kept_id, gone_id])
        if len(locked) < 2:
            raise NotFound
        kept, gone = locked[kept_id], locked[gone_id]
        for record, action in ((kept, "change"), (gone, "change"), (gone, "remove")):
            write.require_for(kind, actor, action, record)
        wanted = defaults(kind, kept, gone) if taken is None else set(taken)
        values = survivors(kind, kept, gone, wanted)
        title, freed = str(gone), untied(kept, gone)
        if freed:
            store.change(actor, kept, **freed)
            values = freed | values
        given = _give_up(actor, kind, gone, values)
        count, moved = move(actor, kind, gone, kept)
        publish(RecordsMerged(kind.subject, kept_id, gone_id, title, actor.name, actor.user_id))
        _remove(actor, kind.model, gone_id)
        kept = store.lock(kind.model, kept_id)
        store.change(actor, kept, **values)
        batch = current().batch
        row = Merge(
            kind=kind.name, kept=kept_id, gone=gone_id, title=title[:200], batch=batch,
            at=clock.now(), actor=actor.reference, moved=[list(one) for one in moved], given=given,
        )  # fmt: skip
        store.append(Merge, [row])
    return Merged(kept, count, batch)


def merges_of(kind: RecordType, pk: int, limit: int = 20) -> list[Merge]:
    """What became part of a record and still is, newest first."""
    rows = store.stored(kind.side, Merge).filter(kind=kind.name, kept=pk, undone_at=None)
    return list(rows.order_by("-id")[:limit])


def part_of(kind: RecordType, viewer: Viewer, pk: int) -> Any | None:
    """The record of which one that is no more became part, also by way of others; None where there is
    none that the viewer may see."""
    for _step in range(MOST_STEPS):
        rows = store.stored(kind.side, Merge).filter(kind=kind.name, gone=pk, undone_at=None)
        row = rows.order_by("-id").first()
        if row is None:
            return None
        pk = row.kept
        if (record := kind.rows(viewer).filter(pk=pk).first()) is not None:
            return record
    return None


def unmerge(*, actor: Actor, kind: RecordType, merge_id: int) -> Undone:
    """Make two records of one again: both as they were, and each with what named it.

    What was changed since at the one that stayed, is its own and stays; the answer says what.
    Raises `NotFound`, `NotAllowed`.
    """
    row = store.stored(kind.side, Merge).filter(pk=merge_id, kind=kind.name, undone_at=None).first()
    if row is None:
        raise NotFound
    return undo(actor, kind.side, row.batch)


def _give_up(actor: Actor, kind: RecordType, gone: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Let go of what only one record may have, before the other one takes it; what that was."""
    unique = [
        field.name
        for field in kind.model._meta.concrete_fields
        if field.unique and field.null and values.get(field.name) is not None
    ]
    if unique:
        nothing: dict[str, Any] = dict.fromkeys(unique)
        store.change(actor, gone, **nothing)
    return {name: values[name] for name in unique}


def _take_again(actor: Actor, kind: RecordType, row: Merge) -> None:
    """What was given up is its own again, unless somebody else has it by now."""
    back = store.lock_many(kind.model, [row.gone]).get(row.gone)
    free = {
        name: value
        for name, value in row.given.items()
        if not store.rows(kind.model).filter(**{name: value}).exists()
    }
    if back is not None and free:
        store.change(actor, back, **free)


def _remove(actor: Actor, model: type[Any], pk: int) -> None:
    try:
        store.remove(actor, store.lock(model, pk))
    except ProtectedError as error:
        # Not its name: perhaps the actor may not know of it.
        raise DomainError(
            _("Something still needs the record that would go."),
            _("It cannot name the other one, because that would be there twice."),
        ) from error


def _authority(actor: Actor, side: Side, batch: str) -> Actor | None:
    """Whoever may change the record that stayed takes the whole merge back, or nobody does."""
    row = _of_batch(side, batch)
    if row is None:
        return None
    kind = registry.named(row.kind)
    write.require_for(kind, actor, "change", kind.one(actor, row.kept))
    actor.require(kind.right("create"))
    return replace(actor, grants=MappingProxyType({"*.*.*": Level.ALL}), hidden={})


def _finish(actor: Actor, side: Side, batch: str) -> None:
    row = _of_batch(side, batch)
    if row is None:
        return
    kind = registry.named(row.kind)
    if not store.rows(kind.model).filter(pk=row.gone).exists():
        raise DomainError(
            _("“%s” cannot be a record of its own again.") % row.title,
            _("It is no longer in the bin."),
        )
    move_back(actor, [tuple(one) for one in row.moved])
    _take_again(actor, kind, row)
    store.replace(store.rows(Merge).filter(pk=row.pk), undone_at=clock.now())
    publish(RecordsParted(kind.subject, row.kept, row.gone, row.title, actor.name, actor.user_id))


def _of_batch(side: Side, batch: str) -> Merge | None:
    return store.stored(side, Merge).filter(batch=batch, undone_at=None).first()


TAKERS_BACK.append((_authority, _finish))
