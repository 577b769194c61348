"""The one way records are written: access → the type's own command or the default → audit.

Forms, in-place editing, board and import all come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed
from kundenkreis.kernel.record import Record
from kundenkreis.records import circles
from kundenkreis.records.fields import LABELS

if TYPE_CHECKING:
    from django.db.models import Model

    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import RecordType


def create(kind: RecordType, actor: Actor, values: Mapping[str, Any]) -> Any:
    """Make a record. Raises `NotAllowed`, or what the type's command raises."""
    values = {**(kind.preset(actor) if kind.preset else {}), **values}
    try:
        if kind.create is not None:
            return kind.create(actor=actor, **values)
        with store.group(kind.side, _name(kind, "create")):
            return create_record(kind, actor, values)
    except IntegrityError as error:
        raise taken() from error


def create_record(kind: RecordType, actor: Actor, values: Mapping[str, Any]) -> Any:
    """The default command's work, for commands of a type's own that only add to it."""
    return create_records(kind, actor, [values])[0]


def create_many(
    kind: RecordType, actor: Actor, rows: Sequence[Mapping[str, Any]]
) -> list[Any | DomainError]:
    """Make records of one type, set-based where the type can; for each the record or the refusal.

    A refused row leaves its neighbours alone. Needs a unit of work in progress.
    """
    if not rows:
        return []
    preset = kind.preset(actor) if kind.preset else {}
    given = [{**preset, **row} for row in rows]
    try:
        with store.group(kind.side):
            if kind.create_many is not None:
                return list(kind.create_many(actor=actor, rows=given))
            if kind.create is None:
                with store.group(kind.side, _name(kind, "create")):
                    return create_records(kind, actor, given)
    except (IntegrityError, DomainError):
        pass  # one of them; which, is found out one by one
    return [_tried(kind, partial(create, kind, actor, row)) for row in rows]


def create_records(kind: RecordType, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The default command's work for many rows."""
    right, owned = kind.right("create"), issubclass(kind.model, Record)
    actor.require(right)
    given = [_given(row) if owned else dict(row) for row in rows]
    if owned and actor.level(right) is not Level.ALL:
        for row in given:
            owner, team = row.get("owner_id", actor.user_id), row.get("team_id")
            if not actor.covers(right, SimpleNamespace(owner_id=owner, team_id=team)):
                raise actor.refusal(right)
    derived = {"owner_id": actor.user_id} if owned else {}
    return list(store.create_many(actor, kind.model, given, derived=derived))


def change_many(
    kind: RecordType, actor: Actor, changes: Sequence[tuple[Any, Mapping[str, Any]]]
) -> list[bool | DomainError]:
    """Change visible records, each to its own values; for each whether it changed, or the refusal.

    Set-based where the type has no command of its own. Needs a unit of work in progress.
    """
    asked = [number for number, (_record, values) in enumerate(changes) if values]
    results: list[bool | DomainError] = [False] * len(changes)
    # Of those that become part of each other, each is seen as the ones before it left them.
    ties = {field.name for field in circles.above(kind.model)}
    alone = any(ties & values.keys() for _record, values in changes)
    if asked and kind.change is None and not alone:
        try:
            with store.group(kind.side, _name(kind, "change")):
                done = change_records(kind, actor, [changes[number] for number in asked])
            for number, changed in zip(asked, done, strict=True):
                results[number] = changed
            return results
        except (IntegrityError, DomainError):
            pass  # one of them; which, is found out one by one
    for number in asked:
        record, values = changes[number]
        version = getattr(record, "version", None)
        done_one = _tried(kind, partial(change, kind, actor, record.pk, version, values))
        results[number] = (
            done_one
            if isinstance(done_one, DomainError)
            else getattr(done_one, "version", None) != version or version is None
        )
    return results


def change_records(
    kind: RecordType, actor: Actor, changes: Sequence[tuple[Any, Mapping[str, Any]]]
) -> list[bool]:
    """The default command's work for many records, as they were seen. Raises what one would."""
    locked = store.lock_many(kind.model, [record.pk for record, _values in changes])
    if not all(kind.reached(actor, "change", list(locked.values()))):
        raise actor.refusal(kind.right("change"))
    pairs = []
    for seen, values in changes:
        record = locked.get(seen.pk)
        if record is None or getattr(record, "version", 0) != getattr(seen, "version", 0):
            raise store.changed_meanwhile()
        _require_open(kind, values)
        pairs.append((record, values))
    return store.change_many(actor, kind.model, pairs)


def _tried(kind: RecordType, do: Callable[[], Any]) -> Any | DomainError:
    """What it gives, or the refusal; then nothing of it is left."""
    try:
        with store.group(kind.side):
            return do()
    except DomainError as error:
        return error


def change(
    kind: RecordType, actor: Actor, pk: int, version: int | None, values: Mapping[str, Any]
) -> Any:
    """Change fields of a record as it was seen in `version`.

    Raises `NotFound` when the actor may not know of it, `NotAllowed`, `Conflict` when it has
    moved on since, or what the type's command raises.
    """
    kind.one(actor, pk)
    try:
        if kind.change is not None:
            return kind.change(actor=actor, version=version, **{f"{kind.name}_id": pk}, **values)
        with store.group(kind.side, _name(kind, "change")):
            return change_record(kind, actor, pk, version, values)
    except IntegrityError as error:
        raise taken() from error


def change_record(
    kind: RecordType, actor: Actor, pk: int, version: int | None, values: Mapping[str, Any]
) -> Any:
    """The default command's work; returns the changed record."""
    record = store.lock(kind.model, pk, version=version)
    require_for(kind, actor, "change", record)
    _require_open(kind, values)
    circles.require_none(record, values)
    store.change(actor, record, **values)
    return record


def remove(kind: RecordType, actor: Actor, pk: int) -> None:
    """Delete a record. Raises `StillUsed` naming what still needs it."""
    kind.one(actor, pk)
    try:
        if kind.remove is not None:
            kind.remove(actor=actor, **{f"{kind.name}_id": pk})
            return
        with store.group(kind.side, _name(kind, "remove")):
            record = store.lock(kind.model, pk)
            require_for(kind, actor, "remove", record)
            store.remove(actor, record)
    except ProtectedError as error:
        raise StillUsed(error.protected_objects) from error


def remove_many(kind: RecordType, actor: Actor, records: Sequence[Any]) -> None:
    """Delete locked records that the actor may see, set-based; one that is refused refuses all.

    Needs a unit of work in progress. Raises `NotAllowed`, `ProtectedError`; what a type does by a
    command of its own for one only, is done one by one.
    """
    if kind.remove_many is not None:
        kind.remove_many(actor=actor, records=records)
    elif kind.remove is not None:
        for record in records:
            remove(kind, actor, record.pk)
    else:
        for record in records:
            require_for(kind, actor, "remove", record)
        with store.group(kind.side, _name(kind, "remove")):
            store.remove(actor, *records)


def require_for(kind: RecordType, actor: Actor, action: str, record: Any) -> None:
    """Raise `NotAllowed` unless the actor may do this with this record."""
    if not kind.reaches(actor, action, record):
        raise actor.refusal_for(kind.right(action), record)


def _require_open(kind: RecordType, names: Iterable[str]) -> None:
    """Raise `NotAllowed` for a field that nobody changes by hand."""
    for name in names:
        if kind.settled(name):
            raise NotAllowed(kind.right("change"), field=name)


def _name(kind: RecordType, verb: str) -> str:
    context = kind.model.__module__.removeprefix("kundenkreis.").removesuffix(".models")
    return f"{context}.{verb}_{kind.name}"


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty owner and team, so that whoever makes a record has it."""
    return {
        name: value for name, value in values.items() if value is not None or name not in LABELS
    }


def taken() -> Conflict:
    """What to say when a value that must be unique is another record's by now."""
    return Conflict(
        _("A value that must be unique is already taken."),
        _("Another record was saved with it at the same moment."),
        _("Look for that record, or choose another value."),
    )


class StillUsed(DomainError):
    """A record cannot be deleted because of `rows` that name it."""

    def __init__(self, rows: Collection[Model]) -> None:
        users = {str(found._meta.verbose_name_plural) for found in rows}
        super().__init__(
            _("This record cannot be deleted."),
            _("It is still used by: %(types)s.") % {"types": ", ".join(sorted(users))},
            _("Remove or change those first."),
        )
        self.rows = rows
