"""Lists of the records that name another one: on every record's page, from the relations alone.

An organisation's page shows its orders because orders have a relation to organisations. Only the
first rows are shown, and it is counted only as far as people look; so a page asks no more questions
and waits no longer where there are a hundred thousand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import capfirst

from kundenkreis.kernel import conditions
from kundenkreis.kernel.fields import is_custom, translated
from kundenkreis.records import registry
from kundenkreis.records.custom import definitions, layout
from kundenkreis.records.directory import Directory
from kundenkreis.records.forms import form_names
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.columns import numeric
from kundenkreis.records.lists.ordering import order_of
from kundenkreis.records.lists.related import Relation, joined, of_one
from kundenkreis.records.lists.rows import content_of
from kundenkreis.records.lists.vocabulary import vocabulary
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType

SHOWN = 5
COUNTED = 500  # beyond, a list says "more than", and shows the newest
BESIDE = 2  # columns beside the name, and a figure


@dataclass(frozen=True, slots=True)
class Way:
    """One way to records that name those of a type: by their field `field`, or by rows of `holder`
    that join the two."""

    name: str
    title: str
    other: RecordType
    field: str
    holder: Any = None
    column: str = ""

    def rows(self, viewer: Viewer, pk: int) -> QuerySet[Any]:
        """Those of one record that the viewer may read."""
        found = self.other.rows(viewer)
        if self.holder is None:
            return found.filter(**{self.field: pk})
        between = self.holder._default_manager.filter(**{self.field: pk})
        return found.filter(pk__in=between.values(self.column))


@dataclass(frozen=True, slots=True)
class Line:
    """One record in brief: what stands below its name, and a figure beside it."""

    name: str
    url: str
    below: list[object] = field(default_factory=list)
    figure: object = ""


@dataclass(frozen=True, slots=True)
class RelatedList:
    """One list, ready for its template."""

    name: str
    title: str
    icon: str
    lines: list[Line]
    counted: str
    all_url: str
    new_url: str


def related_lists(kind: RecordType, viewer: Viewer, record: Any) -> list[RelatedList]:
    """The lists of a record's page, as its layout arranges them; without empty ones that nobody
    could fill from there."""
    known = {way.name: way for way in ways(kind) if _seen(way, kind, viewer)}
    made = (_made(known[name], viewer, record) for name in layout.lists_for(kind, viewer, known))
    return [one for one in made if one.lines or one.new_url]


def ways(kind: RecordType) -> Iterator[Way]:
    """All ways to a type, but for those that a panel of its page shows already."""
    shown = {name for panel in registry.panels(kind) for name in panel.shows}
    yield from (way for way in (*_relations(kind), *_own(kind)) if way.name not in shown)


def _relations(kind: RecordType) -> Iterator[Way]:
    for back in kind.model._meta.related_objects:
        holder, name = back.related_model, back.field.name
        other = registry.of_model(holder if isinstance(holder, type) else None)
        if other is not None:
            yield Way(back.name, _title(other, name, kind), other, name)
            continue
        for column, end in joined(holder, back.field):
            if end is not kind:
                path = f"{back.name}__{column.name}"
                yield Way(path, _title(end, path, kind), end, name, holder, column.name)


def _own(kind: RecordType) -> Iterator[Way]:
    """Fields of the company's own that name records of the type, as far as an index finds them."""
    for other in registry.TYPES.values():
        if other.side is kind.side:
            for one in definitions.in_use(other.model):
                if one.options.get("target") == kind.name and one.filterable:
                    title = f"{other.title}: {translated(one.label)}"
                    yield Way(f"{other.name}.{one.name}", title, other, one.name)


def _title(other: RecordType, relation: str, kind: RecordType) -> str:
    said = other.called.get(relation)
    if said is None and other is kind:
        column: Any = other.model._meta.get_field(relation)
        said = f"{other.title}: {column.verbose_name}"
    return capfirst(str(said or other.title))


def _seen(way: Way, kind: RecordType, viewer: Viewer) -> bool:
    """Whether the viewer may know who names whom."""
    told = way.holder is None or kind.sees(viewer, way.column)
    return told and viewer.may(way.other.right("read")) and way.other.sees(viewer, way.field)


def _made(way: Way, viewer: Viewer, record: Any) -> RelatedList:
    other, rows = way.other, way.rows(viewer, record.pk)
    keys = list(rows.order_by().values_list("pk", flat=True)[: COUNTED + 1])
    many = len(keys) > COUNTED
    named = f"?{way.field}={record.pk}" if _by_field(way) else ""
    more = len(keys) > SHOWN
    return RelatedList(
        way.name,
        way.title,
        other.icon,
        _lines(way, viewer, _first(other, viewer, rows, keys)),
        f"> {formats.number(COUNTED)}" if many else formats.number(len(keys)),
        other.url() + (named or _joined(way, viewer, record.pk)) if more else "",
        other.url("new") + named if named and _may_add(way, viewer) else "",
    )


def _joined(way: Way, viewer: Viewer, pk: int) -> str:
    """How an address asks for those that other rows join with a record: by a condition."""
    words = vocabulary(way.other, viewer)
    path = f"{way.holder._meta.get_field(way.column).remote_field.name}__{way.field}"
    known = (one for one in words.node_types if isinstance(one, Relation) and one.path == path)
    tree = conditions.All(tuple(of_one(relation, pk) for relation in known))
    return f"?{urlencode({'where': json.dumps(conditions.dump(tree, words))})}"


def _first(other: RecordType, viewer: Viewer, rows: QuerySet[Any], keys: list[int]) -> list[Any]:
    """The first rows in the order of their list; of very many the newest, which no sorting finds."""
    if not keys:
        return []
    if len(keys) > COUNTED:
        return list(rows.order_by("-pk")[:SHOWN])
    _name, fields, descending = order_of(other, viewer, QueryDict())
    few = other.rows(viewer).filter(pk__among=keys)
    return keyset.first(few, fields, size=SHOWN, descending=descending)


def _lines(way: Way, viewer: Viewer, records: list[Any]) -> list[Line]:
    columns, directory = _columns(way, viewer), Directory(records)
    figure = next((one for one in columns if numeric(way.other, one)), None)
    # Plain words, without tags: what is in brief must not shout.
    below = [
        one.text or content_of(way.other, one, directory) for one in columns if one is not figure
    ]
    beside = content_of(way.other, figure, directory) if figure is not None else None
    return [
        Line(
            str(record),
            way.other.url(record.pk),
            [said for make in below[:BESIDE] if (said := make(record))],
            beside(record) if beside is not None else "",
        )
        for record in records
    ]


def _columns(way: Way, viewer: Viewer) -> list[Column]:
    """The columns of the other type that say something in brief; not what led here."""
    known = way.other.columns_for(viewer)
    wanted = way.other.brief or [one.name for one in way.other.columns[1:] if one.keep]
    found = (next((one for one in known if one.name == name), None) for name in wanted)
    return [one for one in found if one is not None and one.name != way.field]


def _by_field(way: Way) -> bool:
    """Whether the field is one of the record itself, which lists and forms know."""
    columns = {column.name for column in way.other.model._meta.concrete_fields}
    return way.holder is None and (way.field in columns or is_custom(way.field))


def _may_add(way: Way, viewer: Viewer) -> bool:
    return way.other.may(viewer, "create") and way.field in form_names(way.other, viewer)
