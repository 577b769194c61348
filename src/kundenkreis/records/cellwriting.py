"""Many cells of a list written at once: typed, pasted, filled down or emptied.

Each row goes through the type's own change command in a savepoint of its own, so a refused row
leaves its neighbours alone; all of them are one batch, so one undo takes everything back. What
was refused comes back with its reason, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.errors import Conflict, DomainError
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import write
from kundenkreis.records.celltexts import Reader, held, typed
from kundenkreis.records.fields import info
from kundenkreis.records.forms import changeable

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import RecordType

MOST = 500  # cells in one request
PIECE = 25  # rows in one transaction


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
    failed: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        return sum(map(len, self.failed.values()))


def editable_names(kind: RecordType, viewer: Viewer) -> list[str]:
    """The columns whose cells the viewer may change, where they may change the record."""
    if not kind.may(viewer, "change"):
        return []
    return [name for name in changeable(kind, kind.columns) if kind.sets(viewer, name)]


def write_cells(kind: RecordType, actor: Actor, rows: Iterable[Row]) -> Written:
    """Write what was typed. Raises `NotAllowed` without any right, `DomainError` for too much."""
    actor.require(kind.right("change"))
    typed_in = list(rows)
    if sum(len(row.cells) for row in typed_in) > MOST:
        raise DomainError(
            _("This is too much at once."),
            _("Up to %(n)s cells can be changed together.") % {"n": MOST},
            _("Paste a smaller part, or use the import."),
        )
    allowed = editable_names(kind, actor)
    used = {name for row in typed_in for name in row.cells}
    writer = _Writer(kind, actor, Reader(kind, actor, [name for name in allowed if name in used]))
    result = Written(new_batch())
    for piece in batched(typed_in, PIECE, strict=False):
        with store.group(kind.side, "records.write_cells", result.batch):
            for row in piece:
                writer.write(row, result)
    return result


class _Writer:
    """Writes rows one by one and keeps count."""

    def __init__(self, kind: RecordType, actor: Actor, reader: Reader) -> None:
        self.kind, self.actor, self.reader = kind, actor, reader

    def write(self, row: Row, result: Written) -> None:
        failed: dict[str, str] = {}
        try:
            record = self.kind.one(self.actor, row.pk)
            write.require_for(self.kind, self.actor, "change", record)
            values = self._values(row, record, failed)
            new = {name: value for name, value in values.items() if _differs(record, name, value)}
            self._refuse_overwriting(row, record, new, failed)
            result.changed += self._change(record, new, failed)
            result.unchanged += len(values) - len(new)
        except DomainError as error:
            failed = dict.fromkeys(row.cells, str(error))
        if failed:
            result.failed[row.pk] = failed

    def _values(self, row: Row, record: Any, failed: dict[str, str]) -> dict[str, Any]:
        """What the texts mean, without those that mean nothing or may not be changed."""
        texts = {}
        for name, cell in row.cells.items():
            if name in self.reader.fields and not info(self.kind.model, name).hidden(record):
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

    def _refuse_overwriting(
        self, row: Row, record: Any, new: dict[str, Any], failed: dict[str, str]
    ) -> None:
        """Take out what somebody else has changed since the row was shown; the rest is no conflict."""
        for name in list(new):
            found = info(self.kind.model, name)
            if held(found, record) != row.cells[name].seen:
                failed[name] = changed_to(typed(found, record))
                del new[name]

    def _change(self, record: Any, new: dict[str, Any], failed: dict[str, str]) -> int:
        """Write the values; without those the type's rules refuse by name, until none is left."""
        while new:
            try:
                version = getattr(record, "version", None)
                write.change(self.kind, self.actor, record.pk, version, new)
                return len(new)
            except DomainError as error:
                if isinstance(error, Conflict) or error.field not in new:
                    failed |= dict.fromkeys(new, str(error))
                    return 0
                failed[error.field] = str(error)
                del new[error.field]
        return 0


def changed_to(value: str) -> str:
    """What to say of a value that somebody else has changed while another was typed."""
    return _("Meanwhile somebody else changed this to “%(value)s”. Save again to replace it.") % {
        "value": value or _("empty")
    }


def _differs(record: Any, name: str, value: Any) -> bool:
    return bool(getattr(record, name) != value)
