"""Many cells of a list written at once: typed, pasted, filled down or emptied, or a new row.

Each row goes through the type's own change command in a savepoint of its own, so a refused row
leaves its neighbours alone; all of them are one batch, so one undo takes everything back. What
was refused comes back with its reason, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import write
from kundenkreis.records.fields import column_names, info, names
from kundenkreis.records.forms import changeable, form_names
from kundenkreis.records.lists.celltexts import CellField, Reader
from kundenkreis.records.lists.columns import editable
from kundenkreis.records.page import merging
from kundenkreis.records.page.merging import Difference, Differs

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import RecordType

MOST = 500  # cells in one request
PIECE = 5  # rows in one transaction: others write as well
NEW = 0  # the number of a row that is no record yet


@dataclass(frozen=True, slots=True)
class Cell:
    """What was typed into a cell, and what stood there (`celltexts.held`).

    `chosen` from a list: the text is the stored value.
    """

    text: str
    seen: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record that somebody has typed into, by field."""

    pk: int
    cells: Mapping[str, Cell]


@dataclass(slots=True)
class Written:
    """How many cells were changed, or were so already; why others were refused, by row and field."""

    batch: str
    changed: int = 0
    unchanged: int = 0
    made: list[int] = field(default_factory=list)
    failed: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        return sum(map(len, self.failed.values()))


def editable_names(kind: RecordType, viewer: Viewer) -> list[str]:
    """The columns whose cells the viewer may change, where they may change the record."""
    # A text in every language has more to it than a cell shows.
    fields = [name for name in editable(kind, viewer) if not info(kind.model, name).translated]
    ways = [one.name for one in kind.inputs if one.changes and kind.sets(viewer, one.name)]
    return [*fields, *(ways if kind.may(viewer, "change") else ())]


def new_names(kind: RecordType, viewer: Viewer, columns: Iterable[str]) -> list[str]:
    """The columns a new record can be typed into; none where they are not all that it needs.

    A record needs its name, or one part of it, and what its form requires.
    """
    if not kind.may(viewer, "create"):
        return []
    asked, inputs = form_names(kind, viewer), {one.name for one in kind.inputs}
    fields = set(changeable(kind, asked)) | (inputs & set(asked))
    known = fields & set(columns)
    named = known.intersection(title_names(kind))
    return [name for name in asked if name in known] if named and needed(kind) <= known else []


def needed(kind: RecordType) -> set[str]:
    """The cells that a new row must have: those of its form, and its name where that is one."""
    title = title_names(kind)
    return {*required_names(kind), *(title if len(title) == 1 else ())}


def title_names(kind: RecordType) -> tuple[str, ...]:
    """The fields that the first column shows: one, or those that it is composed of."""
    first = kind.columns[0]
    return (first.name,) if first.name in column_names(kind.model) else first.sort


def required_names(kind: RecordType) -> list[str]:
    """The fields a new record must be given: neither the model nor the type's command has a value
    of its own for them."""
    given = signature(kind.create).parameters if kind.create else {}
    optional = {name for name, one in given.items() if one.default is not one.empty}
    return [
        name
        for name in changeable(kind, names(kind.model))
        if not (column := info(kind.model, name).column).blank
        and not column.has_default()
        and name not in optional
    ]


def write_cells(kind: RecordType, actor: Actor, rows: Iterable[Row]) -> Written:
    """Write what was typed. Raises `NotAllowed` without any right, `DomainError` for too much."""
    typed_in = list(rows)
    for action in {"create" if row.pk == NEW else "change" for row in typed_in}:
        actor.require(kind.right(action))
    if sum(max(len(row.cells), 1) for row in typed_in) > MOST:
        raise DomainError(
            _("This is too much at once."),
            _("Up to %(n)s cells can be changed together.") % {"n": MOST},
            _("Paste a smaller part, or use the import."),
        )
    writer = _Writer(kind, actor, {name for row in typed_in for name in row.cells})
    result = Written(new_batch())
    for piece in batched(typed_in, PIECE, strict=False):
        with store.group(kind.side, "records.write_cells", result.batch):
            for row in piece:
                writer.write(row, result)
    return result


class _Writer:
    """Writes rows one by one and keeps count."""

    def __init__(self, kind: RecordType, actor: Actor, used: set[str]) -> None:
        self.kind, self.actor = kind, actor
        allowed = {*editable_names(kind, actor), *new_names(kind, actor, used)}
        self.reader = Reader(kind, actor, allowed & used)

    def write(self, row: Row, result: Written) -> None:
        failed: dict[str, str] = {}
        try:
            if row.pk == NEW:
                self._create(row, result, failed)
                return
            record = self.kind.one(self.actor, row.pk)
            write.require_for(self.kind, self.actor, "change", record)
            values = self._values(row, record, failed)
            new = {
                name: value
                for name, value in values.items()
                if CellField(self.kind, name).differs(record, value)
            }
            ways = {name: new.pop(name) for name in list(new) if self.kind.way(name)}
            result.unchanged += len(values) - len(new) - len(ways)
            result.changed += self._change(row, record, new, failed)
            result.changed += self._change_ways(row, record, ways, failed)
        except DomainError as error:
            failed |= dict.fromkeys(row.cells, str(error))
        finally:
            if failed:
                result.failed[row.pk] = failed

    def _create(self, row: Row, result: Written, failed: dict[str, str]) -> None:
        """Make a record of the row, or of none of it: a half one would be in nobody's list."""
        values = self._values(row, None, failed)
        missing = set(required_names(self.kind)) - set(row.cells)
        failed |= dict.fromkeys(missing, _("This is needed for a new record."))
        if failed:
            return
        try:
            with store.group(self.kind.side):
                made = write.create(self.kind, self.actor, values)
        except DomainError as error:
            named = error.field if error.field in row.cells else next(iter(row.cells))
            failed[named] = str(error)
            return
        result.made.append(made.pk)

    def _values(self, row: Row, record: Any, failed: dict[str, str]) -> dict[str, Any]:
        """What the texts mean, without those that mean nothing or may not be changed."""
        texts = {}
        for name, cell in row.cells.items():
            if name in self.reader.fields and not CellField(self.kind, name).hidden(record):
                texts[name] = cell.text
            else:
                failed[name] = _("This field cannot be changed here.")
        chosen = [name for name, cell in row.cells.items() if cell.chosen]
        form, wrong = self.reader.form(record, texts, chosen)
        failed |= wrong
        if form.is_valid():
            return form.cleaned_data
        for name, errors in form.errors.items():
            failed[name] = " ".join(map(str, errors))
        return {name: form.cleaned_data[name] for name in form.fields if name not in failed}

    def _change(self, row: Row, record: Any, new: dict[str, Any], failed: dict[str, str]) -> int:
        """Write the values, without those that somebody else has changed since they were shown or
        that a rule refuses by name; how many were written."""
        before = {
            name: value
            for name, value in merging.seen(record, new).items()
            if CellField(self.kind, name).held(record) == row.cells[name].seen
        }
        while new:
            try:
                merging.merge(self.kind, self.actor, record.pk, before, new)
                return len(new)
            except Differs as error:
                refused = {one.name: _disputed(one) for one in error.differences}
            except DomainError as error:
                named = error.field if error.field in new else ""
                refused = dict.fromkeys([named] if named else new, str(error))
            failed |= refused
            new = {name: value for name, value in new.items() if name not in refused}
        return 0

    def _change_ways(
        self, row: Row, record: Any, ways: dict[str, Any], failed: dict[str, str]
    ) -> int:
        """Change what the record is reached by through its own commands; how many were changed."""
        if not ways:
            return 0
        store.lock(self.kind.model, record.pk)  # so that nobody else changes them meanwhile
        record, done = self.kind.one(self.actor, record.pk), 0
        for name, value in ways.items():
            cell = CellField(self.kind, name)
            stored, way = cell.held(record), self.kind.way(name)
            if stored != row.cells[name].seen and cell.differs(record, value):
                failed[name] = _meanwhile("", stored)
            elif way and way.change:
                try:
                    with store.group(self.kind.side):
                        way.change(self.actor, record, value or "")
                    done += 1
                except DomainError as error:
                    failed[name] = str(error)
        return done


def _disputed(one: Difference) -> str:
    return _meanwhile(one.who, one.stored)


def _meanwhile(who: str, stored: str) -> str:
    return _("%(who)s changed this to “%(value)s” meanwhile. Enter it again to replace that.") % {
        "who": who or _("Somebody else"),
        "value": stored or _("empty"),
    }
