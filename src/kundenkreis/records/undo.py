"""Taking back what one unit of work did: an edit, a deletion, an import, or an undo itself.

The audit knows every value before and after. What somebody changed since is theirs and stays; the
answer says so. An undo is written like any other change, so it can be taken back in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError
from django.db.models import ForeignKey, Model, ProtectedError
from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, removal, store
from kundenkreis.kernel.access import Level, require_fields
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import (
    Record,
    holders,
    internal_fields,
    is_personal,
    model_named,
    reference,
)
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import bin as deleted
from kundenkreis.records import registry, write
from kundenkreis.records.events import RecordUndone
from kundenkreis.records.fields import info

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.kernel.sides import Side

MOST = 20_000  # entries of one batch; a larger one is a job's work
PIECE = 25  # records taken back in one transaction


@dataclass(slots=True)
class Undone:
    """How many records are as they were before; `left` says in words what is not, and why.

    `removed`: a record whose page may be open is gone.
    """

    count: int = 0
    removed: bool = False
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
    """Bring everything a batch touched back to what it was before, in pieces of one new batch.

    Raises `NotFound` where there is nothing the actor may know of, `NotAllowed` where they may
    not do any of what it takes, `Conflict` when a deleted record cannot come back or a value that
    must be unique was given away.
    """
    done, result, name = _done(side, batch), Undone(), new_batch()
    refused: list[DomainError] = []
    if any(one.gone for one in done.values()):
        with _piece(side, name):
            _restore(actor, batch, result)
    waiting = [one for one in reversed(done.values()) if not one.gone]
    for start in range(0, len(waiting), PIECE):
        with _piece(side, name):
            for one in waiting[start : start + PIECE]:
                try:
                    _take_back(actor, side, batch, one, done, result)
                except (NotAllowed, NotFound) as error:
                    refused.append(error)
    if refused and not result.count and not result.left:
        raise refused[0]
    if refused:
        result.left.append(_("What you may not change yourself stays as it is."))
    return result


@contextmanager
def _piece(side: Side, batch: str) -> Iterator[None]:
    try:
        with store.group(side, "records.undo", batch):
            yield
    except IntegrityError as error:
        raise write.taken() from error


def _done(side: Side, batch: str) -> dict[str, _Done]:
    entries = audit.of_batch(side, batch, MOST + 1)
    # What the product does by itself, such as taking an order, has its own way back.
    if not any(entry.actor.startswith("user:") for entry in entries):
        raise NotFound
    if len(entries) > MOST:
        raise DomainError(
            _("This is too much to be taken back at once."),
            _("It changed more than %(n)s records.") % {"n": MOST},
        )
    found: dict[str, _Done] = {}
    for entry in entries:
        found.setdefault(entry.target, _Done(entry.target, entry.pk, entry.actor)).add(entry)
    # What was made and deleted in the same breath leaves nothing to take back.
    return {target: one for target, one in found.items() if not (one.made and one.gone)}


def _restore(actor: Actor, batch: str, result: Undone) -> None:
    for root in store.rows(RemovedRow).filter(batch=batch, root=True):
        # Before anything is said of it; a part is asked for when what it is part of is there.
        kind = registry.of_model(apps.get_model(root.table))
        if kind is not None and not deleted.may_restore(actor, kind, root):
            raise NotFound
    restored = store.restore(actor, batch)
    if not restored.roots:
        raise NotFound  # too long ago, or brought back already
    for row in restored.roots:
        _allow(actor, "remove", row)
        require_fields(actor, row, ())
    result.count += len(restored.roots)
    result.left += restored.left


def _take_back(
    actor: Actor, side: Side, batch: str, one: _Done, done: dict[str, _Done], result: Undone
) -> None:
    row = _row(side, one.target)
    if row is None:
        return
    # Before anything is said of it; a record comes back as a whole or stays.
    require_fields(actor, row, [name for name in one.fields if not one.made and _column(row, name)])
    if not one.made:
        _allow(actor, "change", row)
        _change(actor, one, row, result)
    elif not any(_made(side, done, *holder) for holder in holders(row)):
        _remove(actor, side, batch, one, row, result)


def _made(side: Side, done: dict[str, _Done], model: type[Model], pk: int) -> bool:
    """Whether the batch made that record; what belongs to it goes when it goes."""
    found = done.get(f"{side}.{model._meta.model_name}:{pk}")
    return found is not None and found.made


def _remove(actor: Actor, side: Side, batch: str, one: _Done, row: Model, result: Undone) -> None:
    """Take back a creation, unless anything was done with the record since.

    What somebody has made themselves they may take back without the right to delete.
    """
    kind, mine = registry.of_model(type(row)), one.actor == actor.reference
    _allow(actor, "create" if mine else "remove", row)
    if kind is not None and "remove" not in kind.actions:
        raise NotAllowed(kind.right("remove"))
    try:
        # What it is to members of staff, such as a favourite, is no reason to keep it.
        taken = (part for part in removal.collect(row).rows if not is_personal(type(part)))
        along = [part for part in taken if part != row]
        if all(isinstance(part, Record) for part in along) and not audit.touched_since(
            side, {one.target, *map(reference, along)}, one.first, batch
        ):
            if kind is None:
                store.remove(actor, row)
            else:
                right = {kind.right("remove"): Level.ALL} if mine else {}
                write.remove(kind, replace(actor, grants={**actor.grants, **right}), row.pk)
            result.count, result.removed = result.count + 1, True
            return
    except (ProtectedError, DomainError):
        result.left.append(_("“%(name)s” is in use by now and stays.") % {"name": row})
        return
    result.left.append(_("“%(name)s” was changed since and stays.") % {"name": row})


def _change(actor: Actor, one: _Done, row: Model, result: Undone) -> None:
    values: dict[str, Any] = {}
    for name, (old, new) in one.fields.items():
        if name in internal_fields(type(row)):
            continue
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
    if is_custom(name):
        return True, info(type(row), name).read(old)
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
        if action not in kind.actions:
            raise NotAllowed(kind.right(action))
        write.require_for(kind, actor, action, row)
        return
    model, pk = next(holders(row), (None, 0))
    holder = store.rows(model).filter(pk=pk).first() if model else None
    if holder is None:
        raise NotFound
    _allow(actor, "change", holder)


def _column(row: Model, name: str) -> Any:
    """The field of that name; None where a later version of the product has none."""
    try:
        return info(type(row), name).column if is_custom(name) else row._meta.get_field(name)
    except (FieldDoesNotExist, LookupError):
        return None


def _kept(row: Model, name: str, why: str) -> str:
    label = getattr(_column(row, name), "verbose_name", name)
    return _("%(field)s of “%(name)s”: %(why)s.") % {"field": label, "name": row, "why": why}
