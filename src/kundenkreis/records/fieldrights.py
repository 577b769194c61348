"""Which fields of a type a role may hide or lock, as the page of a role offers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from kundenkreis.kernel import withheld
from kundenkreis.kernel.fields import is_custom
from kundenkreis.records.custom import definitions
from kundenkreis.records.declaration import name_of
from kundenkreis.records.fields import info
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kundenkreis.records.declaration import RecordType

# By these a record is found, counted and guarded; without its unit an amount would be a lie.
ALWAYS_KNOWN = frozenset({"id", "owner_id", "team_id", "currency", "created_at", "changed_at"})
ALL_TYPES = ("next_step", "next_step_on", "tags")


@dataclass(frozen=True, slots=True)
class FieldRight:
    """A field of a type: it may be locked for a role, and hidden unless `always` known."""

    name: str
    label: str
    always: bool


def field_rights(kind: RecordType) -> list[FieldRight]:
    """All fields of a type that its pages speak of, in their order."""
    parts = {
        value: label
        for part in withheld.parts(kind.model).values()
        for value, label in _choices(part)
    }
    columns = {column.name: column for column in kind.model._meta.concrete_fields}
    found = []
    for name in dict.fromkeys(_named(kind)):
        if name in columns or is_custom(name):
            label = str(info(kind.model, name).label)
            always = name in columns and _always(kind, columns[name])
            found.append(FieldRight(name, label, always))
        elif name in parts:
            found.append(FieldRight(name, str(parts[name]), always=False))
    known = {one.name for one in found}
    found += [
        FieldRight(name, str(parts[name]), always=False) for name in parts if name not in known
    ]
    return found


def label_of(subject: str, name: str) -> str:
    """What a field of a type (`crm.person`) is called on its pages."""
    kind = TYPES.get(subject.partition(".")[2])
    known = {one.name: one.label for one in field_rights(kind)} if kind else {}
    return str(capfirst(known.get(name, name)))


def may_restrict(subject: str, name: str, how: str) -> bool:
    """Whether a role may restrict a field of a type (`crm.person`) so: "hidden" or "locked"."""
    kind = TYPES.get(subject.partition(".")[2])
    if kind is None or kind.subject != subject:
        return False
    offered = {one.name: one for one in field_rights(kind)}
    return name in offered and not (how == "hidden" and offered[name].always)


def _named(kind: RecordType) -> Iterator[str]:
    for section in kind.sections:
        yield from (name_of(fact) for fact in section.facts)
    yield from (column.name for column in kind.columns)
    yield from (*kind.form, *kind.filters, *kind.exchange.fields, *ALL_TYPES)
    yield from (one.name for one in definitions.in_use(kind.model))


def _always(kind: RecordType, column: Any) -> bool:
    """What a record is called by, or leads to, is known to whom may read it at all."""
    title = kind.columns[0]
    named_by = {title.name, *title.sort, *kind.always, *ALWAYS_KNOWN}
    return column.name in named_by or column.is_relation


def _choices(part: Any) -> Any:
    return part._meta.get_field(withheld.stands_for(part)).flatchoices
