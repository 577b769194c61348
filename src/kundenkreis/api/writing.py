"""Writing over the API: JSON becomes the values of the type's form, and these go to its commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kundenkreis.api import values
from kundenkreis.api.problems import Invalid, Moved, NoVersion
from kundenkreis.api.reading import etag
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import Conflict, NotAllowed
from kundenkreis.records import write
from kundenkreis.records.forms import RecordForm, of_input
from kundenkreis.records.lists.cellwriting import required_names

if TYPE_CHECKING:
    from django import forms

    from kundenkreis.api.resources import Resource

Json = Mapping[str, Any]
Made = dict[str, "forms.Field"]


def create(resource: Resource, body: Json) -> Any:
    """Make a record. Raises `Invalid`, `UnknownField`, or what the type's command raises."""
    resource.viewer.require(resource.kind.right("create"))
    return write.create(resource.kind, resource.viewer, new_values(resource, body))


def change(resource: Resource, pk: int, body: Json, match: str, made: Made | None = None) -> None:
    """Change fields of a record as the caller saw it (`match`); all of them or none.

    Raises `NoVersion`, `Moved` where it has moved on since, and what `create` raises.
    """
    kind, viewer = resource.kind, resource.viewer
    record = kind.one(viewer, pk)
    write.require_for(kind, viewer, "change", record)
    require_version(resource, record, match, body)
    given = changed_values(resource, record, body, made)
    ways = {name: given.pop(name) for name in list(given) if kind.way(name)}
    version = record.version
    with store.group(kind.side, "api.change"):
        try:
            if given:
                version = write.change(kind, viewer, pk, version, given).version
            elif ways:
                store.lock(kind.model, pk, version=version)
        except Conflict:
            if kind.one(viewer, pk).version == record.version:
                raise
            require_version(resource, kind.one(viewer, pk), match, body)
        _change_ways(resource, pk, ways)


def _change_ways(resource: Resource, pk: int, ways: Mapping[str, Any]) -> None:
    """Change by what a record is reached, through the commands of each."""
    record = resource.kind.one(resource.viewer, pk) if ways else None
    for name, value in ways.items():
        way = resource.kind.way(name)
        if way and way.read and way.change and (value or "") != way.read(record):
            way.change(resource.viewer, record, value or "")


def remove(resource: Resource, pk: int, match: str) -> None:
    """Delete a record as the caller saw it. Raises `NoVersion`, `Moved`, `StillUsed`."""
    kind, viewer = resource.kind, resource.viewer
    record = kind.one(viewer, pk)
    write.require_for(kind, viewer, "remove", record)
    with store.group(kind.side, "api.remove"):
        locked = store.lock(kind.model, pk)
        require_version(resource, locked, match, {})
        write.remove(kind, viewer, pk)


def require_version(resource: Resource, record: Any, match: str, body: Json) -> None:
    """Raise `NoVersion` without one, `Moved` with both values where it is another one by now."""
    if not match:
        raise NoVersion
    if match.strip() in ("*", etag(record)):
        return
    conflicts = []
    for name, mine in body.items():
        read = resource.readable.get(name)
        if read is not None and (stored := read(record)) != mine:
            conflicts.append({"field": name, "yours": mine, "stored": stored})
    raise Moved(str(record.version), conflicts)


def new_values(resource: Resource, body: Json, made: Made | None = None) -> dict[str, Any]:
    """What a new record is made with. Raises `Invalid`, `UnknownField`, `NotAllowed`."""
    _require_taken(resource, body, resource.creates, "create")
    preset = resource.kind.preset(resource.viewer) if resource.kind.preset else {}
    missing = [name for name in needed(resource) if name not in body and name not in preset]
    if missing:
        raise Invalid((name, _("This is needed for a new record.")) for name in missing)
    return _cleaned(resource, body, None, made)


def changed_values(
    resource: Resource, record: Any, body: Json, made: Made | None = None
) -> dict[str, Any]:
    """What is changed of a record. Raises as `new_values` does."""
    _require_taken(resource, body, resource.changes, "change")
    for name in body:
        one = resource.property(name).info
        if one is not None and one.hidden(record):
            raise Invalid([(name, _("This field cannot be changed here."))])
    return _cleaned(resource, body, record, made)


def _require_taken(resource: Resource, body: Json, taken: Iterable[str], action: str) -> None:
    """Raise for fields that do not exist, that are not the caller's to set, or nobody's."""
    wrong = []
    for name in body:
        resource.property(name)
        if name in taken:
            continue
        if not resource.kind.sets(resource.viewer, name):
            raise NotAllowed(resource.kind.right(action), field=name)
        wrong.append((name, _("This field cannot be set here.")))
    if wrong:
        raise Invalid(wrong)


def needed(resource: Resource) -> list[str]:
    """What a new record must be given: by its model, or because its command takes nothing else."""
    command = resource.kind.create
    asked = inspect.signature(command).parameters.values() if command else ()
    named = [one.name for one in asked if one.kind is one.KEYWORD_ONLY and one.default is one.empty]
    needed = dict.fromkeys([*required_names(resource.kind), *named])
    return [name for name in needed if name in resource.creates]


def _cleaned(
    resource: Resource, body: Json, record: Any, made: Made | None = None
) -> dict[str, Any]:
    """The values of a body as the type's form takes them. Raises `Invalid`."""
    kind, viewer = resource.kind, resource.viewer
    data: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    currency = body.get("currency")
    for name, value in body.items():
        one = resource.property(name)
        said = currency if isinstance(currency, str) else ""
        stored = getattr(record, "currency", "") if record is not None else ""
        amounts = one.info.currency_among(said, stored) if one.info else ""
        try:
            data |= values.data_of(one, value, amounts)
        except ValidationError as error:
            wrong.append((name, " ".join(error.messages)))
    names = [name for name in body if name not in dict(wrong)]
    fields = {name: _field(resource, name, made) for name in names}
    form = RecordForm(kind, viewer, names, data, record=record, fields=fields)
    if not form.is_valid():
        for name, errors in form.errors.items():
            wrong.append((str(name), " ".join(map(str, errors))))
    if wrong:
        raise Invalid(wrong)
    return {name: form.cleaned_data[name] for name in names}


def _field(resource: Resource, name: str, made: Made | None) -> forms.Field:
    """The form field of a name; of a batch each is made once."""
    if made is None:
        return of_input(resource.kind, name, resource.viewer)
    if name not in made:
        made[name] = of_input(resource.kind, name, resource.viewer)
    return made[name]
