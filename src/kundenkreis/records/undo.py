"""Taking back what one unit of work did: an edit, a deletion, an import, or an undo itself.

The audit knows every value before and after. What somebody changed since is theirs and stays; the
answer says so. An undo is written like any other change, so it can be taken back in turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, ProtectedError
from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, removal, store
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.record import Record, holders, model_named, reference
from kundenkreis.records import registry, write
from kundenkreis.records.events import RecordUndone

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.kernel.sides import Side

MOST = 20_000  # entries of one batch; a larger one is a job's work


@dataclass(slots=True)
class Undone:
    """How many records are as they were before; `left` says in words what is not, and why."""

    count: int = 0
    left: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Done:
    """What a batch did to one record, all of its entries together."""

    target: str
    first: int
    actor: str
    made: bool = False
    gone: bool = False
    fields: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, entry: AuditEntry) -> None:
        if entry.action in ("create", "restore") and not self.fields:
            self.made = True
        elif entry.action == "remove":
            self.gone = True
        change = getattr(entry, "change", None)
        for name, (old, new) in (change.fields if change else {}).items():
            self.fields[name] = [self.fields.get(name, [old])[0], new]


def undo(actor: Actor, side: Side, batch: str) -> Undone:
    """Bring everything a batch touched back to what it was before.

    Raises `NotFound` where there is nothing the actor may know of, `NotAllowed` where they may
    not do what it takes, `Conflict` when a deleted record cannot come back.
    """
    result = Undone()
    with store.group(side, "records.undo"):
        done = _done(side, batch)
        if not done:
            raise NotFound
        _restore(actor, batch, done.values(), result)
        for one in reversed([one for one in done.values() if not one.gone]):
            row = _row(side, one.target)
            if row is None:
                continue
            # What somebody has made themselves they may take back without the right to delete.
            mine = one.made and one.actor == actor.reference
            _allow(actor, "create" if mine else "remove" if one.made else "change", row)
            if not one.made:
                _change(actor, one, row, result)
            elif not any(_made(done, holder) for holder in holders(row)):
                _remove(actor, side, batch, one, row, result)
    return result


def _done(side: Side, batch: str) -> dict[str, _Done]:
    found: dict[str, _Done] = {}
    for entry in audit.of_batch(side, batch, MOST):
        found.setdefault(entry.target, _Done(entry.target, entry.pk, entry.actor)).add(entry)
    # What was made and deleted in the same breath leaves nothing to take back.
    return {target: one for target, one in found.items() if not (one.made and one.gone)}


def _made(done: dict[str, _Done], row: Model) -> bool:
    """Whether the batch made that record; what belongs to it goes when it goes."""
    found = done.get(reference(row))
    return found is not None and found.made


def _restore(actor: Actor, batch: str, done: Iterable[_Done], result: Undone) -> None:
    if not any(one.gone for one in done):
        return
    restored = store.restore(actor, batch)
    if not restored.roots:
        raise NotFound  # too long ago, or brought back already
    for row in restored.roots:
        _allow(actor, "remove", row)
    result.count += len(restored.roots)
    result.left += restored.left


def _remove(actor: Actor, side: Side, batch: str, one: _Done, row: Model, result: Undone) -> None:
    """Take back a creation, unless somebody has done anything with the record since."""
    try:
        parts = [part for part in removal.collect(row).rows if isinstance(part, Record)]
    except ProtectedError:
        result.left.append(_("“%(name)s” is in use by now and stays.") % {"name": row})
        return
    if audit.touched_since(side, {one.target, *map(reference, parts)}, one.first, batch):
        result.left.append(_("“%(name)s” was changed since and stays.") % {"name": row})
        return
    store.remove(actor, row)
    result.count += 1


def _change(actor: Actor, one: _Done, row: Model, result: Undone) -> None:
    values: dict[str, Any] = {}
    for name, (old, new) in one.fields.items():
        column = _column(row, name)
        if column is None or column.many_to_many or old == audit.HIDDEN or new == audit.HIDDEN:
            result.left.append(_kept(row, name, _("this cannot be taken back")))
        elif audit.plain(store.plain(row, name)) != new:
            result.left.append(_kept(row, name, _("it was changed since")))
        else:
            found, value = _earlier(row, name, old)
            if found:
                values[column.name] = value
            else:
                result.left.append(_kept(row, name, _("what it referred to is gone")))
    if values and store.change(actor, row, **values):
        result.count += 1
        publish(RecordUndone(one.target, row.pk, tuple(values), actor.user_id, actor.name))


def _earlier(row: Model, name: str, old: Any) -> tuple[bool, Any]:
    """The earlier value of a field, and whether there still is one."""
    column: Any = row._meta.get_field(name)
    if isinstance(column, ForeignKey) and old is not None:
        related = store.rows(column.related_model).filter(pk=old).first()
        return related is not None, related
    if old is None and not column.null:
        return True, column.get_default() if column.has_default() else ""
    return True, column.to_python(old)


def _row(side: Side, target: str) -> Model | None:
    """The record an entry is about, locked; None when it is gone."""
    name, _colon, pk = target.partition(":")
    model = model_named(side, name.partition(".")[2])
    if model is None or not pk.isdigit():
        return None
    return store.rows(model).select_for_update().filter(pk=pk).first()


def _allow(actor: Actor, action: str, row: Model) -> None:
    """The actor needs the right to the record; a part needs that to change what it is part of."""
    kind = registry.of_model(type(row))
    if kind is not None:
        kind.one(actor, row.pk)  # what nobody may see is not there
        write.require_for(kind, actor, action, row)
        return
    holder = next(holders(row), None)
    if holder is None:
        raise NotFound
    _allow(actor, "change", holder)


def _column(row: Model, name: str) -> Any:
    """The field of that name; None where a later version of the product has none."""
    try:
        return row._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _kept(row: Model, name: str, why: str) -> str:
    label = getattr(_column(row, name), "verbose_name", name)
    return _("%(field)s of “%(name)s”: %(why)s.") % {"field": label, "name": row, "why": why}
