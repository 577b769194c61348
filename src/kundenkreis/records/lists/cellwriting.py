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
from kundenkreis.records.fields import Info, info, names
from kundenkreis.records.forms import changeable, form_names
from kundenkreis.records.lists.celltexts import Reader, held
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
    return [name for name in editable(kind, viewer) if not info(kind.model, name).translated]


def new_names(kind: RecordType, viewer: Viewer, columns: Iterable[str]) -> list[str]:
    """The columns a new record can be typed into; none where they are not all that it needs.

    A record needs its name, which the first column shows, and what its form requires.
    """
    if not kind.may(viewer, "create"):
        return []
    shown, fields = set(columns), changeable(kind, form_names(kind, viewer))
    needed = {kind.columns[0].name, *required_names(kind)}
    return [name for name in fields if name in shown] if needed <= shown & set(fields) else []


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
    if sum(len(row.cells) for row in typed_in) > MOST:
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
            new = {name: value for name, value in values.items() if _differs(record, name, value)}
            result.changed += self._change(row, record, new, failed)
            result.unchanged += len(values) - len(new)
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
            if name in self.reader.fields and not _hidden(info(self.kind.model, name), record):
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
            if held(info(self.kind.model, name), record) == row.cells[name].seen
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


def _disputed(one: Difference) -> str:
    return _("%(who)s changed this to “%(value)s” meanwhile. Enter it again to replace that.") % {
        "who": one.who or _("Somebody else"),
        "value": one.stored or _("empty"),
    }


def _hidden(found: Info, record: Any) -> bool:
    return record is not None and found.hidden(record)


def _differs(record: Any, name: str, value: Any) -> bool:
    return bool(getattr(record, name) != value)
