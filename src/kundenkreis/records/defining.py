"""What administrators do with the fields of a record type: define, change, order, put away, delete.

A key is made once, from the first label, and never given again as long as anybody may remember it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.records import definitions
from kundenkreis.records.fieldtypes import TYPES
from kundenkreis.records.models import FieldDefinition

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import RecordType

MOST = 200  # fields of one type
MOST_FILTERABLE = 20  # each has an index that every write keeps up to date
LONGEST = 36
SETTINGS = frozenset(
    {
        "label", "help", "options", "required", "unique", "filterable", "default", "section",
        "purpose",
    }
)  # fmt: skip


def right(kind: RecordType) -> str:
    """What it takes to change the fields of a type, and how its pages are laid out."""
    return f"{kind.side}.field.change"


def require(actor: Actor, kind: RecordType) -> None:
    """Raise `NotAllowed` for whoever may not change what everybody sees."""
    if actor.level(right(kind)) is not Level.ALL:
        raise NotAllowed(right(kind))


def create_field(*, actor: Actor, kind: RecordType, **values: Any) -> FieldDefinition:
    """Add a field to a type, after the others.

    Raises `NotAllowed`; `DomainError` for what does not make a field, with the input it belongs to.
    """
    require(actor, kind)
    with store.group(kind.side, "records.create_field"):
        others = list(_fields(kind).select_for_update())
        if len(others) >= MOST:
            raise DomainError(
                _("This type has too many fields."),
                _("It may have up to %(n)d of your own.") % {"n": MOST},
                _("Delete those nobody needs any more."),
            )
        if values.get("type") not in TYPES:
            raise DomainError(_("Choose the type of the field."), field="type")
        checked = _checked(values["type"], values, others)
        made = store.create(
            actor,
            FieldDefinition,
            kind=kind.name,
            key=_new_key(kind, checked["label"]),
            type=values["type"],
            position=max((one.position for one in others), default=0) + 1,
            **checked,
        )
        definitions.changed(kind.side)
        return made


def change_field(*, actor: Actor, kind: RecordType, pk: int, **values: Any) -> FieldDefinition:
    """Change what is said of a field; its type and key stay what they are."""
    require(actor, kind)
    with store.group(kind.side, "records.change_field"):
        found = _field(kind, pk)
        others = [one for one in _fields(kind) if one.pk != pk]
        known = {name: getattr(found, name) for name in SETTINGS}
        if store.change(actor, found, **_checked(found.type, known | values, others)):
            definitions.changed(kind.side)
        return found


def archive_field(*, actor: Actor, kind: RecordType, pk: int, archived: bool) -> FieldDefinition:
    """Put a field away, or bring it back: it is no longer shown or asked for, its values stay."""
    require(actor, kind)
    with store.group(kind.side, "records.archive_field"):
        found = _field(kind, pk)
        if store.change(actor, found, archived=archived):
            definitions.changed(kind.side)
        return found


def order_fields(*, actor: Actor, kind: RecordType, pks: Iterable[int]) -> None:
    """Put the fields of a type in this order; those not named come after, as they were."""
    require(actor, kind)
    with store.group(kind.side, "records.order_fields"):
        known = {one.pk: one for one in _fields(kind).select_for_update()}
        first = [pk for pk in dict.fromkeys(pks) if pk in known]
        changed = [
            store.change(actor, known[pk], position=position)
            for position, pk in enumerate([*first, *(pk for pk in known if pk not in first)], 1)
        ]
        if any(changed):
            definitions.changed(kind.side)


def remove_field(*, actor: Actor, kind: RecordType, pk: int) -> None:
    """Delete a field that was put away before; it can be brought back with all its values."""
    require(actor, kind)
    with store.group(kind.side, "records.remove_field"):
        found = _field(kind, pk)
        if not found.archived:
            raise DomainError(
                _("The field is still in use."),
                _("Only what was put away can be deleted, so that nobody misses it at once."),
                _("Put it away first."),
            )
        store.remove(actor, found)
        definitions.changed(kind.side)


def restore_field(*, actor: Actor, kind: RecordType, batch: str) -> FieldDefinition:
    """Bring a deleted field back, with the values that records still have."""
    require(actor, kind)
    with store.group(kind.side, "records.restore_field"):
        removed = store.rows(RemovedRow).filter(batch=batch, table=_TABLE, restored_at=None)
        if not any(one.image.get("kind") == kind.name for one in removed):
            raise NotFound
        found = store.restore(actor, batch).roots[0]
        definitions.changed(kind.side)
        assert isinstance(found, FieldDefinition)  # noqa: S101 - the table says so
        return found


_TABLE = FieldDefinition._meta.label_lower


def _fields(kind: RecordType) -> Any:
    return store.rows(FieldDefinition).filter(kind=kind.name).order_by("position", "id")


def _field(kind: RecordType, pk: int) -> FieldDefinition:
    found = store.lock(FieldDefinition, pk)
    if found.kind != kind.name:
        raise NotFound
    return found


def _checked(sort: str, values: Mapping[str, Any], others: list[FieldDefinition]) -> dict[str, Any]:
    """The settings of a field, complete and clean. Raises `DomainError`."""
    found = {name: value for name, value in values.items() if name in SETTINGS}
    found["label"] = _texts(found.get("label"))
    found["help"] = _texts(found.get("help"))
    if not found["label"]:
        raise DomainError(_("Give the field a name."), field="label")
    if any(set(one.label.values()) & set(found["label"].values()) for one in others):
        raise DomainError(
            _("Another field of this type is called so."),
            _("Nobody could tell the two from each other."),
            _("Choose another name."),
            field="label",
        )
    if found.get("unique") and not TYPES[sort].unique:
        raise DomainError(_("Values of this type cannot be unique."), field="unique")
    if found.get("unique"):
        found["filterable"] = True  # its index is there anyway
    if found.get("filterable") and sum(one.filterable for one in others) >= MOST_FILTERABLE:
        raise DomainError(
            _("Too many fields are for filtering and sorting."),
            _("Each makes saving a little slower; up to %(n)d are.") % {"n": MOST_FILTERABLE},
            _("Switch it off for another field first."),
            field="filterable",
        )
    shape, start = SHAPES[TYPES[sort].shape], found.get("default")
    if start is not None and shape.read(start) is None:
        raise DomainError(_("This default does not fit the type."), field="default")
    return found


def _texts(texts: Any) -> dict[str, str]:
    said = {code: str((texts or {}).get(code) or "").strip() for code in LANGUAGES}
    return {code: text for code, text in said.items() if text}


def _new_key(kind: RecordType, label: Mapping[str, str]) -> str:
    """A key made from a label, which no field of the type has or had."""
    german = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    text = (label.get("en") or next(iter(label.values()))).lower().translate(german)
    base = re.sub(r"[^a-z0-9]+", "_", slugify(text)).strip("_")[:LONGEST].strip("_")
    base = base if base[:1].isalpha() else f"field_{base}".strip("_")
    base = base.removesuffix("_id") or "field"  # `…_id` means the number of a relation
    taken = set(_fields(kind).values_list("key", flat=True))
    removed = store.rows(RemovedRow).filter(table=_TABLE)
    taken |= {one.image["key"] for one in removed if one.image.get("kind") == kind.name}
    number, key = 1, base
    while key in taken:
        number, key = number + 1, f"{base}_{number + 1}"
    return key
