"""What somebody may read of a type, put together once: the page of a record asks many times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundenkreis.kernel.access import visible

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


def readable_rows(kind: RecordType, viewer: Viewer) -> QuerySet[Any]:
    """The rows of a type that the viewer may read: the question stays with them, each asks it anew.

    Each request of a member of staff loads their rights into a viewer of its own; the product
    itself acts as the same one for days.
    """
    if viewer.user_id is None:
        return _made(kind, viewer)
    key = (readable_rows, kind.name)
    known = viewer.kept.get(key)
    if known is None or known[0] is not kind:
        known = viewer.kept[key] = (kind, _made(kind, viewer))
    rows: QuerySet[Any] = known[1].all()
    return rows


def _made(kind: RecordType, viewer: Viewer) -> QuerySet[Any]:
    if kind.query is not None:
        return kind.query(viewer)
    return visible(viewer, kind.model._default_manager.all(), kind.right("read"))
