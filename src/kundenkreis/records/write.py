"""The one way records are written: access → the type's own command or the default → audit.

Forms, in-place editing, board and import all come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed
from kundenkreis.kernel.record import Record
from kundenkreis.records.fields import LABELS

if TYPE_CHECKING:
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
    right = kind.right("create")
    actor.require(right)
    derived: dict[str, Any] = {}
    if issubclass(kind.model, Record):
        values, derived = _given(values), {"owner_id": actor.user_id}
        owner, team = values.get("owner_id", actor.user_id), values.get("team_id")
        probe = SimpleNamespace(owner_id=owner, team_id=team)
        if actor.level(right) is not Level.ALL and not actor.covers(right, probe):
            raise NotAllowed(right)
    return store.create(actor, kind.model, derived=derived, **values)


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
    store.change(actor, record, **values)
    return record


def remove(kind: RecordType, actor: Actor, pk: int) -> None:
    """Delete a record. Raises `DomainError` naming what still needs it."""
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
        raise _still_used(error) from error


def require_for(kind: RecordType, actor: Actor, action: str, record: Any) -> None:
    """Raise `NotAllowed` unless the right reaches this record."""
    right = kind.right(action)
    if isinstance(record, Record):
        actor.require_for(right, record)
    elif actor.level(right) is not Level.ALL:
        raise NotAllowed(right)


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


def _still_used(error: ProtectedError) -> DomainError:
    users = {str(found._meta.verbose_name_plural) for found in error.protected_objects}
    return DomainError(
        _("This record cannot be deleted."),
        _("It is still used by: %(types)s.") % {"types": ", ".join(sorted(users))},
        _("Remove or change those first."),
    )
