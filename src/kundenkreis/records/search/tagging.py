"""Keeping the index over lists of words current: with every write, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kundenkreis.kernel import store, wordindex
from kundenkreis.kernel.transactions import AT_THE_END, EVERYTHING, Unit
from kundenkreis.records.fields import info, names
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType

CHUNK = 500


def follow(unit: Unit) -> None:
    """Write the words of all records whose lists a unit of work changed."""
    for kind in _of_side(unit.side):
        columns = {*_columns(kind), *EVERYTHING}
        changed = unit.touched.get(kind.model, {})
        write(kind, [pk for pk, fields in changed.items() if fields & columns])


def write(kind: RecordType, pks: Iterable[int]) -> None:
    """Write the words of some records anew; those that are gone have none."""
    wanted, columns = sorted(pks), _columns(kind)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = store.rows(kind.model).filter(pk__among=set(part)).values_list("pk", *columns)
        known = {
            pk: {name: words or [] for name, words in zip(columns, found, strict=True)}
            for pk, *found in rows
        }
        wordindex.keep(kind.name, {pk: known.get(pk, {}) for pk in part})


def _of_side(side: Side) -> Iterator[RecordType]:
    return (kind for kind in TYPES.values() if kind.side is side and _columns(kind))


def _columns(kind: RecordType) -> list[str]:
    """The fields of a type that hold lists of words."""
    return [name for name in names(kind.model) if info(kind.model, name).several]


AT_THE_END.append(follow)
