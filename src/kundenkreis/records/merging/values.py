"""Which value survives when two records become one: the one that stays decides, unless it has none.

The other record's value can be taken instead, field by field.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel.record import internal_fields
from kundenkreis.records import cells
from kundenkreis.records.circles import above, leads_back
from kundenkreis.records.custom import definitions
from kundenkreis.records.directory import Directory
from kundenkreis.records.fields import Info, info

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

# What the one that stays keeps in any case: it has a plan and a history of its own.
_OWN = frozenset({"id", "version", "created_at", "changed_at", "custom", "tags"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One field in which two records differ, as a page shows it; `taken` is the default."""

    name: str
    label: str
    kept: object
    gone: object
    taken: bool


def choices(kind: RecordType, viewer: Viewer, kept: Any, gone: Any) -> list[Choice]:
    """Every field the viewer may set in which the two differ."""
    directory = Directory([kept, gone])
    return [
        Choice(
            found.name,
            str(found.label),
            cells.shown(found, kept, directory),
            cells.shown(found, gone, directory),
            _empty(getattr(kept, found.column.name if found.definition is None else found.name)),
        )
        for found in _fields(kind)
        if kind.sets(viewer, found.name)
        and _differs(found, kept, gone)
        and not _circular(found, kept, gone)
    ]


def survivors(kind: RecordType, kept: Any, gone: Any, taken: Collection[str]) -> dict[str, Any]:
    """The values that the record which stays gets from the other one; tags are added up."""
    values = {
        found.name: getattr(gone, found.name)
        for found in _fields(kind)
        if found.name in taken and not _circular(found, kept, gone)
    }
    more = [tag for tag in gone.tags if tag not in kept.tags]
    return values | ({"tags": [*kept.tags, *more]} if more else {})


def defaults(kind: RecordType, kept: Any, gone: Any) -> set[str]:
    """The fields that the one which stays is lacking."""
    return {
        found.name
        for found in _fields(kind)
        if _empty(getattr(kept, found.name)) and not _empty(getattr(gone, found.name))
    }


def _fields(kind: RecordType) -> list[Info]:
    left = _OWN | internal_fields(kind.model)
    names = [
        field.name
        for field in kind.model._meta.concrete_fields
        if field.editable and field.name not in left
    ]
    names += [one.name for one in definitions.in_use(kind.model)]
    return [found for name in names if (found := info(kind.model, name)).changeable]


def _differs(found: Info, kept: Any, gone: Any) -> bool:
    one, other = getattr(kept, found.name), getattr(gone, found.name)
    return one != other and not _empty(other)


def _circular(found: Info, kept: Any, gone: Any) -> bool:
    """Whether with the other one's value the one that stays would be part of itself."""
    field = next((one for one in above(type(kept)) if one.name == found.name), None)
    both = {kept.pk, gone.pk}
    return field is not None and leads_back(field, getattr(gone, field.attname), both)


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == []
