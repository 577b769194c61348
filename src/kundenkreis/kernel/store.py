"""The write door's hinge: every write to a table passes here and leaves its audit row.

Events, exposures and derived rows (membership, cursors) are append-only or can be rebuilt; they
use `append`, `replace` and `discard`, which are not audited.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import batched
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from kundenkreis.kernel import (
    audit,
    bulk,
    clock,
    custom,
    instances,
    recipients,
    removal,
    rowvalues,
    transactions,
    wrongs,
)
from kundenkreis.kernel.access import Actor, require_fields
from kundenkreis.kernel.errors import Conflict, NotFound
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import Record, former_holders, holders
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import Unit, current, unit_of_work
from kundenkreis.kernel.withheld import Withheld

M = TypeVar("M", bound=Model)
R = TypeVar("R", bound=Record)

CHUNK = 500
NO_VALUES: Mapping[str, Any] = MappingProxyType({})


def group(side: Side, name: str = "", batch: str = "") -> AbstractContextManager[Unit]:
    """Several commands in one transaction of one side; each keeps a savepoint of its own.

    Groups that share a `batch` (`new_batch`) can be taken back as one.
    """
    return unit_of_work(side, name, batch)


def trial(side: Side, name: str) -> AbstractContextManager[Unit]:
    """Commands whose refusals somebody wants to know: what they write is taken back at the end."""
    return transactions.trial(side, name)


def rows(model: type[M]) -> QuerySet[M]:
    """All rows of a model on the side of the unit of work in progress."""
    return model._default_manager.using(current().side.alias)


def stored(side: Side, model: type[M]) -> QuerySet[M]:
    """All rows of a model that both sides have, on the named side; for reading."""
    return model._default_manager.using(side.alias)


def lock(model: type[M], pk: int, *, version: int | None = None) -> M:
    """Load one row and keep others from changing it until the transaction ends.

    Raises `NotFound`; `Conflict` when `version` is given and the record has moved on.
    """
    found = rows(model).select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound
    if version is not None and getattr(found, "version", version) != version:
        raise changed_meanwhile()
    return found


def changed_meanwhile() -> Conflict:
    from django.utils.translation import gettext as _

    return Conflict(
        _("Somebody else changed this record meanwhile."),
        _("Your version is older than the stored one."),
        _("Look at the current values and enter your change again."),
    )


def create(
    actor: Actor, model: type[M], *, derived: Mapping[str, Any] = NO_VALUES, **values: Any
) -> M:
    """Insert one record and its audit row; see `create_many`."""
    return create_many(actor, model, [values], derived=derived)[0]


def create_many(
    actor: Actor,
    model: type[M],
    records: Iterable[dict[str, Any]],
    *,
    derived: Mapping[str, Any] = NO_VALUES,
) -> list[M]:
    """Insert records of one type set-based, each with its audit row.

    What a record says is what the actor wants and needs the right to each field; `derived` is what
    a rule of the product adds to every one where it says nothing. Raises `NotAllowed`.
    """
    made, records, new = [], list(records), _maker(model, derived)
    recipients.require(actor, model, (values.get("owner_id") for values in records))
    for values in records:
        made.append(new(values))
    if actor.hidden or actor.locked:
        for obj, values in zip(made, records, strict=True):
            require_fields(actor, obj, _said(model, values))
    if wrongs.is_asked(actor, model):
        wrongs.require(actor, zip(made, rowvalues.of_new(model, made), strict=True))
    _settle(model, made)
    if issubclass(model, Record) and all(one.pk is None for one in made):
        for piece in batched(made, CHUNK, strict=False):
            bulk.insert_objects(piece)
    else:
        rows(model).bulk_create(made, batch_size=CHUNK)
    if not current().trial:
        kept = zip(made, rowvalues.of_new(model, made), strict=True)
        audit.record(actor, [("create", obj, values) for obj, values in kept])
    _touch(made)
    return made


def change(actor: Actor, obj: M, *, derived: Mapping[str, Any] = NO_VALUES, **values: Any) -> bool:
    """Set fields of a locked record; returns whether anything changed.

    Changing what is among `values` needs the right to each field (`NotAllowed`); `derived` is what
    a rule of the product sets in consequence, whatever the actor's rights. Nothing is written when
    all values are equal. The record's version goes up by one; a row that was changed since it was
    loaded raises `Conflict`.
    """
    wanted, values = set(values), {**derived, **values}
    changes = _differences(obj, values)
    if not changes:
        return False
    require_fields(actor, obj, wanted & changes.keys())
    recipients.require_changes(actor, type(obj), [(obj, changes)])
    wrongs.require(actor, [(obj, changes)])
    (made,) = _settle(type(obj), [obj])
    names = {"custom" if is_custom(name) else name for name in (*values, *made)}
    _write(obj, {name: getattr(obj, name) for name in names})
    audit.record(actor, [("change", obj, changes)])
    _touch_changed(obj, changes, made)
    return True


def lock_many(model: type[M], pks: Iterable[int]) -> dict[int, M]:
    """Load rows by their numbers and keep others from changing them until the transaction ends."""
    found = rows(model).select_for_update().filter(pk__among=list(pks)).order_by("pk")
    return {row.pk: row for row in found}


def change_many(
    actor: Actor, model: type[M], changes: Sequence[tuple[M, Mapping[str, Any]]]
) -> list[bool]:
    """Set fields of locked rows of one model, each its own; returns for each whether it changed.

    The set-based form of `change`: a statement and an audit entry per row, not a round trip.
    Raises `NotAllowed` for a field the actor may not set.
    """
    done = [_differences(obj, values) for obj, values in changes]
    for (obj, _values), found in zip(changes, done, strict=True):
        require_fields(actor, obj, found)
    changed = [(obj, found) for (obj, _), found in zip(changes, done, strict=True) if found]
    recipients.require_changes(actor, model, changed)
    wrongs.require(actor, changed)
    made = _settle(model, [obj for obj, _found in changed])
    now = clock.now()
    if issubclass(model, Record):
        for obj, _found in changed:
            obj.version, obj.changed_at = obj.version + 1, now  # type: ignore[attr-defined]
    # Rows that change the same columns are written together.
    groups: dict[tuple[str, ...], list[M]] = {}
    for (obj, found), more in zip(changed, made, strict=True):
        names = {"custom" if is_custom(name) else name for name in (*found, *more)}
        groups.setdefault(tuple(sorted(names)), []).append(obj)
    extra = ("version", "changed_at") if issubclass(model, Record) else ()
    for written, objects in groups.items():
        columns = [
            rowvalues.column(model, name)[0] for name in (model._meta.pk.name, *written, *extra)
        ]
        values = [[getattr(obj, column) for column in columns] for obj in objects]
        bulk.update(model, columns, values)
    audit.record(actor, [("change", obj, found) for obj, found in changed])
    for (obj, found), more in zip(changed, made, strict=True):
        _touch_changed(obj, found, more)
    return [bool(found) for found in done]


def assign(actor: Actor, obj: Model, **others: Iterable[Model]) -> bool:
    """Make many-to-many fields of a locked record name exactly these rows; whether that was new.

    The audit keeps the ids before and after.
    """
    changes = {}
    for name, wanted in others.items():
        related = getattr(obj, name)
        before = sorted(related.values_list("pk", flat=True))
        after = sorted({other.pk for other in wanted})
        if before != after:
            require_fields(actor, obj, [name])
            related.set(after)
            changes[name] = [before, after]
    if not changes:
        return False
    if isinstance(obj, Record):
        _write(obj, {})
    audit.record(actor, [("change", obj, changes)])
    return True


def touch(record: Record) -> None:
    """Raise the version of a locked record of which a part that is a row of its own has changed."""
    here = rows(type(record)).filter(pk=record.pk, version=record.version)
    record.version, record.changed_at = record.version + 1, clock.now()
    if not here.update(version=record.version, changed_at=record.changed_at):
        raise changed_meanwhile()


def remove(actor: Actor, *roots: Model) -> None:
    """Delete records of one model with all that cannot be without them, set-based; the bin keeps
    images of everything, and each root comes back by itself.

    Raises Django's `ProtectedError` when something else still needs one, `NotAllowed` for a part of
    a record whose field it stands for the actor may not set.
    """
    for root in roots:
        require_fields(actor, root, ())
    taken = removal.collect(*roots)
    records = [row for row in taken.rows if isinstance(row, Record) or taken.is_root(row)]
    images = [{name: [new, None] for name, (_, new) in _new_values(row).items()} for row in records]
    loosened = list(removal.loosened(taken))
    said = [("change", row, lost) for row, lost in loosened]
    said += [("remove", row, image) for row, image in zip(records, images, strict=True)]
    audit.record(actor, said)
    _touch([*taken.rows, *(row for row, _lost in loosened)])
    for model, pk in (holder for row in taken.rows for holder in holders(row)):
        current().touch(model, pk)
    removal.remove(actor, taken)


def restore(actor: Actor, images: Sequence[RemovedRow]) -> removal.Restored:
    """Bring back what one deletion took (`removal.waiting`). Raises `Conflict` when that cannot be
    any more."""
    found = removal.restore(images)
    records = [row for row in found.rows if isinstance(row, Record) or row in found.roots]
    audit.record(actor, [("restore", row, _new_values(row)) for row in records])
    _touch(found.rows)
    for model in {type(row) for row in found.rows if isinstance(row, Record)}:
        recompute(model, [row.pk for row in found.rows if type(row) is model])
    return found


def recompute(model: type[M], pks: Iterable[int]) -> int:
    """Work out anew what rows say by formulas, unaudited: it follows from what is audited.

    Versions stay: nobody's change of the record meets another one. Returns how many were different.
    """
    if not (issubclass(model, Record) and custom.computed(model)):
        return 0
    locked = list(lock_many(model, pks).values())
    made = _settle(model, locked)
    _rewrite(model, [row for row, more in zip(locked, made, strict=True) if more])
    for row, more in zip(locked, made, strict=True):
        if more:
            current().touch(model, row.pk, more)
    return sum(map(bool, made))


def strip(model: type[R], pks: Iterable[int], key: str) -> int:
    """Take a key that nobody knows any more from rows, unaudited; returns how many had it."""
    found = [row for row in lock_many(model, pks).values() if key in row.custom]
    for row in found:
        row.custom = {name: value for name, value in row.custom.items() if name != key}
    _rewrite(model, found)
    return len(found)


def append(model: type[M], new: Sequence[M], *, ignore_conflicts: bool = False) -> list[M]:
    """Insert append-only or derived rows set-based, unaudited."""
    return rows(model).bulk_create(new, batch_size=CHUNK, ignore_conflicts=ignore_conflicts)


def replace(found: QuerySet[M], /, **values: Any) -> int:
    """Change derived rows set-based, unaudited; returns how many."""
    return found.using(current().side.alias).update(**values)


def discard(found: QuerySet[M]) -> int:
    """Delete derived rows set-based, unaudited; returns how many."""
    if issubclass(found.model, Record):
        for pk in found.using(current().side.alias).values_list("pk", flat=True):
            current().touch(found.model, pk)
    return found.using(current().side.alias).delete()[0]


def _differences(obj: Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the values on the object; returns those that are new, each with the one before."""
    before = {name: rowvalues.plain(obj, name) for name in values}
    for name, value in values.items():
        if is_custom(name):
            custom.put(obj, name, value)
        else:
            setattr(obj, name, _normal(value))
    return {
        name: [before[name], after]
        for name in values
        if (after := rowvalues.plain(obj, name)) != before[name]
    }


def _settle(model: type[M], made: Sequence[M]) -> list[dict[str, list[Any]]]:
    """Work out what follows from the values of rows about to be written; for each what changed."""
    if not (issubclass(model, Record) and custom.computed(model)):
        return [{} for _one in made]
    if any(isinstance(one._state.fetch_mode, Withheld) for one in made):
        # Nothing is worked out, or written back, from a row as somebody with less rights sees it.
        raise RuntimeError(f"{model.__name__} is written as its reader sees it: lock it first")
    return custom.settle(model, made)


def _rewrite(model: type[Any], rows_: Sequence[Any]) -> None:
    bulk.update(model, ("id", "custom"), [(row.pk, row.custom) for row in rows_])


def _touch(changed: Iterable[Model]) -> None:
    unit = current()
    for row in changed:
        unit.touch(type(row), row.pk)


def _touch_changed(obj: Model, changes: Mapping[str, list[Any]], made: Iterable[str]) -> None:
    unit = current()
    unit.touch(type(obj), obj.pk, {*changes, *made})
    for model, pk in former_holders(type(obj), changes):
        unit.touch(model, pk)


def _maker(model: type[M], derived: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], M]:
    """What makes a row of its values; what all of them have in common is looked up once."""
    alias, owned = current().side.alias, issubclass(model, Record)
    start: dict[str, Any] = {name: _normal(value) for name, value in derived.items()}
    if owned:
        now = clock.now()
        start = {"created_at": now, "changed_at": now, **custom.with_defaults(model, start)}

    def new(values: Mapping[str, Any]) -> M:
        clean = start | {name: _normal(value) for name, value in values.items()}
        own = {name: clean.pop(name) for name in list(clean) if is_custom(name)} if owned else {}
        obj = instances.new(model, clean)
        for name, value in own.items():
            custom.put(obj, name, value)
        obj._state.db = alias
        return obj

    return new


def _new_values(obj: Model) -> dict[str, list[Any]]:
    return rowvalues.of_new(type(obj), [obj])[0]


def _write(obj: Model, values: dict[str, Any]) -> None:
    """Set columns of a row that nobody has changed since it was loaded, and of the object."""
    here = rows(type(obj)).filter(pk=obj.pk)
    if isinstance(obj, Record):
        here = here.filter(version=obj.version)
        values = {**values, "version": obj.version + 1, "changed_at": clock.now()}
    if not here.update(**values):
        raise changed_meanwhile()
    for name, value in values.items():
        setattr(obj, name, value)


def _said(model: type[Model], values: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a new row that say something other than every new row."""
    for name, value in values.items():
        if is_custom(name):
            if value not in (None, "", custom.start(model, name)):
                yield name
            continue
        column = model._meta.get_field(name)
        if value not in (None, "", getattr(column, "get_default")()):  # noqa: B009
            yield name


def _normal(value: Any) -> Any:
    if isinstance(value, str) and not value.isascii():
        return unicodedata.normalize("NFC", value)
    return value
