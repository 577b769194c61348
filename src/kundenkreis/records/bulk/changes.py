"""What is done with each of many records, as a value that can be kept and read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.money import to_minor
from kundenkreis.kernel.words import with_words, without_words
from kundenkreis.records import registry, write
from kundenkreis.records.custom import layout
from kundenkreis.records.fields import Info, info, unique_beside
from kundenkreis.records.forms import changeable
from kundenkreis.records.page.next_step import PLANNING

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import Column, RecordType


@dataclass(frozen=True, slots=True)
class Change:
    """New values of some fields, None to empty one; words that come to lists, and that go.

    Amounts of money are in major units: each record has a currency of its own.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, list[str]] = field(default_factory=dict)
    drop: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [*dict.fromkeys([*self.values, *self.add, *self.drop])]

    def values_for(self, kind: RecordType, record: Any) -> dict[str, Any]:
        """What the fields of one record become."""
        found = {
            name: _for_record(info(kind.model, name), record, value)
            for name, value in self.values.items()
        }
        for name in dict.fromkeys([*self.add, *self.drop]):
            words = without_words(getattr(record, name), self.drop.get(name, ()))
            found[name] = with_words(words, self.add.get(name, ()))
        return found

    def plain(self, kind: RecordType) -> dict[str, Any]:
        values = {
            name: _plain(info(kind.model, name), value) for name, value in self.values.items()
        }
        return {"do": "change", "values": values, "add": dict(self.add), "drop": dict(self.drop)}

    @classmethod
    def read(cls, kind: RecordType, actor: Actor, plain: Mapping[str, Any]) -> Change:
        """The same, from what `plain` gave. Raises `DomainError` when what it names is gone."""
        values = {
            name: _value(info(kind.model, name), actor, value)
            for name, value in plain["values"].items()
        }
        return cls(values, plain["add"], plain["drop"])

    def apply(
        self, kind: RecordType, actor: Actor, records: Sequence[Any]
    ) -> Iterator[bool | DomainError]:
        """Change records through their type's own command; for each whether it is different now,
        or the refusal."""
        reached = kind.reached(actor, "change", records)
        allowed = {one.pk for one, may in zip(records, reached, strict=True) if may}
        changes = [(one, self.values_for(kind, one)) for one in records if one.pk in allowed]
        done = iter(write.change_many(kind, actor, changes))
        for record in records:
            yield next(done) if record.pk in allowed else actor.refusal(kind.right("change"))


@dataclass(frozen=True, slots=True)
class Remove:
    """The records go into the bin."""

    def plain(self, kind: RecordType) -> dict[str, Any]:
        return {"do": "remove"}

    def apply(
        self, kind: RecordType, actor: Actor, records: Sequence[Any]
    ) -> Iterator[bool | DomainError]:
        for record in records:
            try:
                write.remove(kind, actor, record.pk)
                yield True
            except DomainError as error:
                yield error


def read(kind: RecordType, actor: Actor, plain: Mapping[str, Any]) -> Change | Remove:
    """What is to be done, from what its `plain` gave."""
    return Remove() if plain["do"] == "remove" else Change.read(kind, actor, plain)


def names_of(kind: RecordType, viewer: Viewer) -> list[str]:
    """The fields that many records may be given the same value of, in the order of their page.

    None that must be different in each record; tags are added and removed.
    """
    if not kind.may(viewer, "change"):
        return []
    facts: list[str | Column] = [*layout.fact_names(kind, viewer), *kind.form, *kind.columns]
    names = changeable(kind, [*facts, "owner_id", "team_id", *PLANNING])
    return [
        name
        for name in dict.fromkeys(names)
        if kind.sets(viewer, name)
        and name != "tags"
        and unique_beside(info(kind.model, name).column) is None
    ]


def may_be_empty(found: Info) -> bool:
    return (found.column.blank or found.column.null) and found.kind is not Kind.BOOLEAN


def _plain(found: Info, value: Any) -> Any:
    if value is None or found.related is not None:
        return getattr(value, "pk", None)
    return str(value) if found.kind is Kind.MONEY else found.plain(value)


def _value(found: Info, actor: Actor, plain: Any) -> Any:
    if plain is None:
        return None
    if found.related is not None:
        other = registry.of_model(found.related)
        rows = other.rows(actor) if other else found.related._default_manager.all()
        chosen = rows.filter(pk=plain).first()
        if chosen is None:
            raise DomainError(
                _("What was chosen for “%(field)s” is gone.") % {"field": found.label}
            )
        return chosen
    return Decimal(plain) if found.kind is Kind.MONEY else found.read(plain)


def _for_record(found: Info, record: Any, value: Any) -> Any:
    if value is None:
        default = found.column.get_default()
        return None if found.nullable else "" if default is None else default
    if found.kind is Kind.MONEY:
        return to_minor(value, found.currency(record))
    return value
