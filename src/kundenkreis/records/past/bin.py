"""The bin: deleted records of a type that somebody may bring back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps

from kundenkreis.kernel import store
from kundenkreis.kernel.access import visible
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.removal import revived
from kundenkreis.records import registry
from kundenkreis.records.past.history import names_of

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

PAGE = 50


@dataclass(frozen=True, slots=True)
class Deleted:
    """One deleted record; `undo_url` brings back all that was deleted with it."""

    title: str
    at: datetime
    who: str
    undo_url: str


def may_restore(viewer: Viewer, kind: RecordType, row: RemovedRow) -> bool:
    """Whether the viewer may know of a deleted record and bring it back."""
    known = all(viewer.covers(kind.right(action), row) for action in ("read", "remove"))
    if not known or kind.removed is None:
        return known
    here = store.stored(kind.side, RemovedRow).filter(pk=row.pk)
    return kind.removed(viewer, here).exists()


def may_restore_row(viewer: Viewer, row: RemovedRow) -> bool:
    """The same; what has no type of its own is asked for when it is back."""
    kind = registry.of_model(apps.get_model(row.table))
    return kind is None or may_restore(viewer, kind, row)


def deleted(
    kind: RecordType, viewer: Viewer, before: int | None = None
) -> tuple[list[Deleted], int]:
    """A page of the bin, latest first, and where the next one begins (0 at the end)."""
    rows = store.stored(kind.side, RemovedRow).filter(
        table=kind.model._meta.label_lower, root=True, restored_at=None
    )
    rows = visible(viewer, visible(viewer, rows, kind.right("remove")), kind.right("read"))
    if kind.removed is not None:
        rows = kind.removed(viewer, rows)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    names = names_of(row.actor for row in found)
    return [
        Deleted(_title(kind, viewer, row), row.at, names(row.actor), kind.url("undo", row.batch))
        for row in found
    ], found[-1].pk if more else 0


def _title(kind: RecordType, viewer: Viewer, row: RemovedRow) -> str:
    """What it was called; to somebody from whom fields are hidden without these."""
    hidden = viewer.hidden_of(kind.subject)
    return str(revived(row, hidden)) if hidden else row.title
