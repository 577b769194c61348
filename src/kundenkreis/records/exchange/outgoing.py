"""A long list on its way out: written by the worker, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import Conflict
from kundenkreis.records import working
from kundenkreis.records.exchange import storing
from kundenkreis.records.exchange.exporting import CHUNK, Export, export
from kundenkreis.records.exchange.writers import CSV, CsvLines, Workbook
from kundenkreis.records.models import Transfer
from kundenkreis.records.registry import named

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.exchange.values import Value

NAME = "export"
State = Transfer.State


def require_same_rights(viewer: Viewer, side: Side, transfer: Transfer) -> None:
    """Raise `Conflict` where a file may tell more than its reader may know by now."""
    if transfer.found.get("rights") != viewer.rights(side):
        raise Conflict(
            _("What you may see has changed since this file was made."),
            _("It might tell what you may not know any more."),
            _("Export the list once more."),
        )


def file_of(side: Side, transfer: Transfer) -> Path:
    """Where the finished file lies."""
    return storing.folder(side, transfer.folder) / f"{NAME}.{transfer.asked['format']}"


@working.begins(Transfer.Direction.OUT, State.RUNNING)
class Outgoing:
    """The file in the making. After a crash it is begun anew: nothing else has happened yet."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        self._side, self._transfer, self._place = side, transfer, 0
        kind, form = named(transfer.kind), transfer.asked["format"]
        self._export = export(kind, actor, QueryDict(transfer.asked["query"]), form)
        self._rights = actor.rights(side)
        self._file = (_CsvFile if form == CSV else _ExcelFile)(self._partial, self._export)

    @property
    def _partial(self) -> Path:
        return file_of(self._side, self._transfer).with_suffix(".part")

    def piece(self) -> bool:
        """Write the next rows."""
        for values, version in self._export.rows(self._place, CHUNK):
            self._file.row(values, version)
        total = len(self._export.pks)
        self._place = min(self._place + CHUNK, total)
        if self._place < total:
            working.note(self._side, self._transfer, position=self._place, total=total)
            return True
        self._file.close()
        self._partial.rename(file_of(self._side, self._transfer))
        done = {"position": total, "total": total, "counts": {"rows": total}}
        done["found"] = {**self._transfer.found, "rights": self._rights}
        working.note(self._side, self._transfer, state=State.DONE, **done)
        return False

    def close(self) -> None:
        """Leave nothing open."""
        self._file.close()


class _CsvFile:
    def __init__(self, path: Path, found: Export) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._lines = CsvLines()
        self._file.write(self._lines.head(found.labels, found.mark))

    def row(self, values: list[Value], version: int | None) -> None:
        self._file.write(self._lines.row(values, version))

    def close(self) -> None:
        self._file.close()


class _ExcelFile:
    def __init__(self, path: Path, found: Export) -> None:
        self._book: Workbook | None = Workbook(path)
        self._book.head(found.kind.title, found.labels, found.mark)
        self.row = self._book.row

    def close(self) -> None:
        if self._book is not None:
            self._book.close()
            self._book = None
