"""A list that went out, was edited, and comes back: only what somebody edited is a change.

A cell that still says what the export wrote is left alone, whatever the record says by now. A cell
that was edited while somebody else changed the same field here is a conflict: it is taken over only
if that was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.functional import cached_property

from kundenkreis.kernel import audit
from kundenkreis.kernel.fields import PREFIX, is_custom
from kundenkreis.kernel.record import reference
from kundenkreis.records.declaration import Column
from kundenkreis.records.directory import Directory
from kundenkreis.records.exchange import marks
from kundenkreis.records.exchange.cleaning import SAME
from kundenkreis.records.exchange.mapping import target_names
from kundenkreis.records.exchange.notation import Notation, same, text_of
from kundenkreis.records.exchange.values import reader, written
from kundenkreis.records.fields import info
from kundenkreis.records.lists.columns import label_of
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.exchange.reading import Row

LOOKED_AT = 200  # changes of a record since the export


def mapping(kind: RecordType, viewer: Viewer, mark: marks.Mark) -> list[str]:
    """The field of each column of a marked file; "" for what no form asks for."""
    allowed = {marks.NUMBER, *target_names(kind, viewer)}
    return [name if name in allowed else "" for name in mark.columns] + [""]


def ignored(kind: RecordType, viewer: Viewer, mark: marks.Mark) -> list[str]:
    """The labels of the columns in which a change of an existing record is not taken over."""
    known = {column.name: column for column in kind.columns}
    taken = {marks.NUMBER, *_changeable(kind, viewer)}
    left = [name for name in mark.columns if name not in taken]
    return [label_of(kind, known.get(name) or Column(name)) for name in left]


def _changeable(kind: RecordType, viewer: Viewer) -> list[str]:
    """The fields of the form that can be changed later, too."""
    unchangeable = {one.name for one in kind.inputs if one.change is None}
    return [name for name in target_names(kind, viewer) if name not in unchangeable]


class RoundTrip:
    """Compares rows with the records they are of.

    Parameters: `accepted` are the conflicts to be decided for the file, by row.
    """

    def __init__(
        self,
        kind: RecordType,
        viewer: Viewer,
        mark: marks.Mark,
        notation: Notation,
        accepted: Mapping[str, Sequence[str]],
    ) -> None:
        self.kind, self.viewer, self.mark, self.notation = kind, viewer, mark, notation
        self._accepted = {int(number): set(names) for number, names in accepted.items()}
        known = {column.name: column for column in kind.columns}
        self._columns = [known.get(name) or Column(name) for name in mark.columns]
        self._readers = [reader(kind, column) for column in self._columns]
        self._number = mark.columns.index(marks.NUMBER)
        self._takes = set(_changeable(kind, viewer))
        self.conflicts: dict[int, dict[str, str]] = {}

    def compared(self, rows: Sequence[Row]) -> list[Row]:
        """The rows with `SAME` in every cell that is no change."""
        self.conflicts = {}
        pks = {pk for row in rows if (pk := self._pk(row))}
        records = {one.pk: one for one in self.kind.rows(self.viewer).filter(pk__among=pks)}
        directory = Directory(records.values())
        with translation.override(self.mark.language):
            return [self._compared(row, records.get(self._pk(row)), directory) for row in rows]

    def _compared(self, row: Row, record: Any, directory: Directory) -> Row:
        if record is None:
            return row
        cells = [*row.cells, *[""] * len(self.mark.columns)]
        edited: dict[str, int] = {}
        for at, read in enumerate(self._readers):
            if at == self._number:
                continue
            if self.mark.columns[at] not in self._takes:
                cells[at] = SAME
                continue
            value = read(record, directory)
            if same(cells[at], value, written(value), self.notation):
                cells[at] = SAME
            else:
                edited[self.mark.columns[at]] = at
        if edited and self._moved_on(row, record):
            self._since(row, record, cells, edited, directory)
        return replace(row, cells=cells)

    def _moved_on(self, row: Row, record: Any) -> bool:
        at = len(self.mark.columns)
        said = text_of(row.cells[at]) if at < len(row.cells) else ""
        return said != str(getattr(record, marks.VERSION, said))

    def _since(
        self, row: Row, record: Any, cells: list[Any], edited: dict[str, int], directory: Directory
    ) -> None:
        """Tell edits from cells that are merely old, and edits of what was changed here, too."""
        before = self._before(record)
        for name, at in edited.items():
            if name not in before:
                continue
            old = as_it_was(record, name, before[name])
            value = self._readers[at](old, directory)
            if same(cells[at], value, written(value), self.notation):
                cells[at] = SAME
            elif name not in self._accepted.get(row.number, ()):
                self.conflicts.setdefault(row.number, {})[name] = text_of(cells[at])
                cells[at] = SAME

    def _before(self, record: Any) -> dict[str, Any]:
        """What fields held when the file was made, of those that were changed since."""
        entries = audit.latest(self.kind.side, reference(record), LOOKED_AT, since=self.mark.at)
        found: dict[str, Any] = {}
        for entry in entries:  # the newest first, so the oldest value stays
            change = getattr(entry, "change", None)
            for name, (old, _new) in (change.fields if change else {}).items():
                found[name] = old
        return found

    def _pk(self, row: Row) -> int:
        text = text_of(row.cells[self._number]) if self._number < len(row.cells) else ""
        return whole(text) or 0


def as_it_was(record: Any, name: str, value: Any) -> Any:
    """A copy of a record with a value as the audit keeps it, and nothing worked out of another."""
    old = copy(record)
    for known in list(old.__dict__):
        if isinstance(getattr(type(old), known, None), cached_property):
            del old.__dict__[known]
    if is_custom(name):
        old.custom = {**old.custom, name.removeprefix(PREFIX): value}
        return old
    column = info(type(old), name).column
    setattr(old, column.attname, None if value is None else column.to_python(value))
    return old
