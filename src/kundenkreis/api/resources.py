"""What a type of record is over the API, to one caller: its fields, and what may be done.

Nothing is declared here: names, kinds, rights and forms come from the type's declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import JSONField, Model, Q

from kundenkreis.api import values
from kundenkreis.api.problems import Merged, UnknownField
from kundenkreis.kernel.access import may_read_all, readable_at
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.record import Record, internal_fields
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry
from kundenkreis.records.fields import info, names
from kundenkreis.records.formfields import ReferenceField
from kundenkreis.records.forms import form_names
from kundenkreis.records.lists.columns import editable
from kundenkreis.records.lists.vocabulary import shown
from kundenkreis.records.merging.commands import part_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Input, RecordType
    from kundenkreis.records.fields import Info

Read = Callable[[Any], Any]
ALWAYS = ("id", "version")


@dataclass(frozen=True, slots=True)
class Property:
    """One field: a column of the model, a field of the company's own, or a way to reach somebody.

    `read` gives its value in JSON's terms. One that is `only_new` is given to new records only.
    """

    name: str
    label: str
    info: Info | None = None
    way: Input | None = None
    read: Read | None = None
    only_new: bool = False
    reference: bool = False  # of a way: whether it names another record


@dataclass(frozen=True)
class Resource:
    """A type of record as one caller may know it."""

    kind: RecordType
    viewer: Viewer

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """All fields that the caller may read, in their order; then what new records only take."""
        kind, viewer = self.kind, self.viewer
        hidden, wanted = internal_fields(kind.model), {*ALWAYS, *shown(kind), *kind.form}
        found: dict[str, Property] = {}
        for name in names(kind.model):
            one = info(kind.model, name)
            known = (name in wanted or one.definition is not None) and name not in hidden
            if known and kind.sees(viewer, name):
                read = _reader(viewer, kind.model, one)
                found[name] = Property(name, str(one.label), one, read=read)
        for way in kind.inputs:
            if way.name not in found and kind.sees(viewer, way.name):
                found[way.name] = _of_way(viewer, way)
        return found

    @cached_property
    def readable(self) -> Mapping[str, Read]:
        """How to read each field that a record has."""
        return {one.name: one.read for one in self.properties.values() if one.read is not None}

    @cached_property
    def creates(self) -> list[str]:
        """The fields that a new record may be given."""
        return [name for name in form_names(self.kind, self.viewer) if self._taken(name)]

    @cached_property
    def changes(self) -> list[str]:
        """The fields that may be changed, where the record may be."""
        kind, viewer = self.kind, self.viewer
        if not kind.may(viewer, "change"):
            return []
        ways = [one.name for one in kind.inputs if one.changes and kind.sets(viewer, one.name)]
        return [name for name in (*editable(kind, viewer), *ways) if self._taken(name)]

    @cached_property
    def sorts(self) -> list[str]:
        """The fields that a list may be sorted by: an order by what is hidden would tell it."""
        model = self.kind.model
        return [
            name
            for name, one in self.properties.items()
            if one.info is not None
            and one.info.sortable
            and readable_at(self.viewer, model, name) == Q()
        ]

    @property
    def rows(self) -> QuerySet[Any]:
        """The records that the caller may read, without what only pages show of others.

        Where something is hidden from the caller, what was read with the rows is what hides it.
        """
        rows = self.kind.rows(self.viewer)
        everything = may_read_all(self.viewer, self.kind.model) and not self.viewer.hidden
        return rows.prefetch_related(None) if everything else rows

    @property
    def has_timeline(self) -> bool:
        """Whether what happened with a record is kept: on the side of the customers."""
        return self.versioned and self.kind.side is Side.CRM

    def one(self, pk: int) -> Any:
        """One record that the caller may read. Raises `NotFound`, `Merged` which says where it is."""
        found = self.rows.filter(pk=pk).first()
        if found is None:
            kept = part_of(self.kind, self.viewer, pk) if self.kind.merges else None
            raise NotFound if kept is None else Merged(kept.pk)
        return found

    @property
    def versioned(self) -> bool:
        return issubclass(self.kind.model, Record)

    def property(self, name: str) -> Property:
        """The field of a name. Raises `UnknownField`."""
        found = self.properties.get(name)
        if found is None:
            raise UnknownField(name)
        return found

    def _taken(self, name: str) -> bool:
        """Whether a value can be sent: what is stored as JSON of its own sort has its own pages."""
        one = self.properties.get(name)
        return one is not None and (one.way is not None or not _is_json(one.info))


def _of_way(viewer: Viewer, way: Input) -> Property:
    field = way.make(viewer)
    return Property(
        way.name, str(field.label or way.name), way=way, read=way.read, only_new=not way.changes,
        reference=isinstance(field, ReferenceField),
    )  # fmt: skip


def _is_json(one: Info | None) -> bool:
    if one is None or one.definition is not None:
        return False
    return isinstance(one.column, JSONField) and not (one.several or one.translated)


def _reader(viewer: Viewer, model: type[Model], one: Info) -> Read:
    """Reads a value; a record behind it that the caller may not know is none."""
    if one.related is None:
        return values.reader(one)
    if readable_at(viewer, model, one.name) == Q():
        return attrgetter(one.column.attname)

    def known(record: Any) -> int | None:
        other = getattr(record, one.name)
        return None if other is None else other.pk

    return known


def resource(viewer: Viewer, slug: str) -> Resource:
    """The type of a slug. Raises `NotFound`, `NotAllowed`."""
    kind = next((one for one in registry.TYPES.values() if one.slug == slug), None)
    if kind is None:
        raise NotFound
    viewer.require(kind.right("read"))
    return Resource(kind, viewer)


def resources(viewer: Viewer) -> list[Resource]:
    """All types that the caller may read, by their slugs."""
    kinds = sorted(registry.TYPES.values(), key=lambda kind: kind.slug)
    return [Resource(kind, viewer) for kind in kinds if kind.may(viewer, "read")]
