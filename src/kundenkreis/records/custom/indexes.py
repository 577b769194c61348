"""The indexes of the company's own fields: one for each that lists are filtered and sorted by, for
words another in the order of words, and one for each that may have a value only once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kundenkreis.kernel import indexes, sorting
from kundenkreis.records.custom import definitions
from kundenkreis.records.fields import info_of
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.kernel.indexes import Wanted
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType


def keep(side: Side) -> int:
    """Make the indexes of a side what the definitions say; returns how many came or went."""
    definitions.look_again()
    return indexes.keep(side, [one for kind in TYPES.values() for one in wanted(kind, side)])


def pending(kind: RecordType) -> set[str]:
    """The fields whose indexes are not there yet."""
    mine = list(wanted(kind, kind.side))
    return {one.fields[0].removesuffix(sorting.SUFFIX) for one in indexes.missing(kind.side, mine)}


def wanted(kind: RecordType, side: Side) -> Iterator[Wanted]:
    """The indexes that a type's fields need; none on the other side."""
    if kind.side is not side:
        return
    for one in definitions.in_use(kind.model):
        key = f"{kind.name[:24]}_{one.pk}"
        if one.filterable and one.fieldtype.ordered:
            yield indexes.Wanted(key, kind.model, (one.name, "id"))
            path = sorting.path(one.name, info_of(kind.model, one).column)
            if path != one.name:
                yield indexes.Wanted(f"{key}_sorted", kind.model, (path, "id"))
        if one.unique:
            yield indexes.Wanted(f"{key}_once", kind.model, (one.name,), unique=True)
