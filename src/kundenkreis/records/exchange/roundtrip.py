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
from kundenkreis.records.exchange.table import titles_of
from kundenkreis.records.exchange.values import reader, written
from kundenkreis.records.fields import info
from kundenkreis.records.lists.columns import label_of
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.exchange.reading import Row

LOOKED_AT = 200  # changes of a record since the export


def columns(kind: RecordType, mark: marks.Mark, header: Sequence[str]) -> list[str]:
    """What each column of a marked file is, wherever it stands by now; "" for one of somebody's own.

    By its title. As long as what is known by that stands where it stood, nothing was moved: then a
    column of another title is what it was, and was only renamed.
    """
    went = [*mark.columns, marks.VERSION]
    with translation.override(mark.language):
        labels = [label_of(kind, one) for one in _columns(kind, mark.columns)]
    known = dict(zip(titles_of([*labels, marks.VERSION]), went, strict=True))
    found = [marks.VERSION if marks.read(title) else known.get(title, "") for title in header]
    if all(name in ("", was) for name, was in zip(found, went, strict=False)):
        return [was for _title, was in zip(header, went, strict=False)] + found[len(went) :]
    return found


def mapping(kind: RecordType, viewer: Viewer, names: Sequence[str]) -> list[str]:
    """The field of each column; "" for what no form asks for."""
    allowed = {marks.NUMBER, *target_names(kind, viewer)}
    return [name if name in allowed else "" for name in names]


def ignored(
    kind: RecordType, viewer: Viewer, names: Sequence[str], header: Sequence[str]
) -> list[str]:
    """The labels of the columns in which a change of an existing record is not taken over."""
    taken = {marks.NUMBER, marks.VERSION, *_changeable(kind, viewer)}
    return [
        label_of(kind, column) if column.name else title
        for column, title in zip(_columns(kind, names), header, strict=True)
        if column.name not in taken
    ]


def _columns(kind: RecordType, names: Sequence[str]) -> list[Column]:
    known = {column.name: column for column in kind.columns}
    return [known.get(name) or Column(name) for name in names]


def _changeable(kind: RecordType, viewer: Viewer) -> list[str]:
    """The fields of the form that can be changed later, too."""
    unchangeable = {one.name for one in kind.inputs if one.change is None}
    return [name for name in target_names(kind, viewer) if name not in unchangeable]


class RoundTrip:
    """Compares rows with the records they are of.

    Parameters: `names` say what each column is; `accepted` are the conflicts to be decided for the
    file, by row.
    """

    def __init__(
        self,
        kind: RecordType,
        viewer: Viewer,
        mark: marks.Mark,
        names: Sequence[str],
        notation: Notation,
        accepted: Mapping[str, Sequence[str]],
    ) -> None:
        self.kind, self.viewer, self.mark, self.notation = kind, viewer, mark, notation
        self._accepted = {int(number): set(names) for number, names in accepted.items()}
        self._width = len(names)
        self._places = {name: at for at, name in enumerate(names)}
        takes = set(_changeable(kind, viewer))
        self._read = {
            one.name: reader(kind, one) for one in _columns(kind, names) if one.name in takes
        }
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
        said = [*row.cells, *[""] * self._width]
        cells: list[Any] = [SAME] * self._width
        cells[self._places[marks.NUMBER]] = said[self._places[marks.NUMBER]]
        edited: dict[str, int] = {}
        for name, read in self._read.items():
            at, value = self._places[name], read(record, directory)
            if not same(said[at], value, written(value), self.notation):
                cells[at], edited[name] = said[at], at
        if edited and self._moved_on(row, record):
            self._since(row, record, cells, edited, directory)
        return replace(row, cells=cells)

    def _moved_on(self, row: Row, record: Any) -> bool:
        said = self._said(row, marks.VERSION)
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
            value = self._read[name](old, directory)
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
        return whole(self._said(row, marks.NUMBER)) or 0

    def _said(self, row: Row, name: str) -> str:
        at = self._places.get(name, len(row.cells))
        return text_of(row.cells[at]) if at < len(row.cells) else ""


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
