"""What people do with transfers: take a list out, bring files in, decide how, start, fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records.exchange import storing
from kundenkreis.records.models import Transfer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


def note_export(
    kind: RecordType,
    viewer: Viewer,
    *,
    query: str,
    form: str,
    columns: list[str],
    total: int,
    state: Transfer.State,
) -> Transfer:
    """Write down who takes which list out, and how many rows it has; for good, in the audit."""
    viewer.require(kind.right("export"))
    asked = {"query": query, "format": form, "columns": columns}
    position = total if state == Transfer.State.DONE else 0
    return _new(
        kind, viewer, Transfer.Direction.OUT, asked, state=state, total=total, position=position
    )


def _new(
    kind: RecordType,
    viewer: Viewer,
    direction: Transfer.Direction,
    asked: dict[str, Any],
    **values: Any,
) -> Transfer:
    now = clock.now()
    language, zone = get_language() or "de", str(timezone.get_current_timezone())
    with store.group(kind.side, f"records.{direction.name.lower()}_{kind.slug}"):
        return store.create(
            viewer, Transfer, kind=kind.name, direction=direction, user_id=viewer.user_id,
            created_at=now, changed_at=now, folder=storing.new_name(),
            asked={**asked, "language": language, "zone": zone}, **values,
        )  # fmt: skip


def transfers(
    kind: RecordType, viewer: Viewer, direction: Transfer.Direction
) -> QuerySet[Transfer]:
    """The viewer's own transfers of a type, newest first."""
    action = "export" if direction == Transfer.Direction.OUT else "import"
    viewer.require(kind.right(action))
    own = store.stored(kind.side, Transfer).filter(kind=kind.name, direction=direction)
    return own.filter(user_id=viewer.user_id).order_by("-id")


def transfer(kind: RecordType, viewer: Viewer, direction: Transfer.Direction, pk: int) -> Transfer:
    """One of them. Raises `NotFound`, also for somebody else's."""
    found = transfers(kind, viewer, direction).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
