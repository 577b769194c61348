"""What a list is sorted by: a column its viewer may see, or the order that was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenkreis.kernel.access import readable_at
from kundenkreis.records.fields import names
from kundenkreis.records.lists.columns import info_of, offered

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType


def sort_fields(kind: RecordType, viewer: Viewer, column: Column) -> list[str]:
    """The fields a column sorts by: those declared, else itself when it is a plain field.

    None by what the viewer may not read of every row: the order would tell it.
    """
    if not kind.sees(viewer, column.name):
        return []
    if column.sort:
        known = all(not readable_at(viewer, kind.model, name) for name in column.sort)
        return list(column.sort) if known else []
    found = info_of(kind, column)
    return [found.name] if found is not None and found.sortable else []


def order_of(
    kind: RecordType, viewer: Viewer, parameters: QueryDict
) -> tuple[str, list[str], bool]:
    """The column's name, the fields and the direction a list is sorted by."""
    known = {column.name: column for column in (*offered(kind, viewer), kind.columns[0])}
    for wanted in (parameters.get("sort", ""), kind.order):
        name = wanted.removeprefix("-")
        if name in known and (fields := sort_fields(kind, viewer, known[name])):
            return name, fields, wanted.startswith("-")
    plain = name in names(kind.model) and name != "id" and kind.sees(viewer, name)
    return name, [name] if plain else [], wanted.startswith("-")
