"""What administrators see of the fields of a record type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kundenkreis.kernel import store
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import Record
from kundenkreis.records.custom import defining, definitions
from kundenkreis.records.models import FieldDefinition
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MOST_DELETED = 20


@dataclass(frozen=True, slots=True)
class Deleted:
    """A field that was deleted and can still be brought back."""

    label: str
    at: datetime
    restore_url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A record type and how many fields of one's own it has."""

    kind: RecordType
    count: int


def types(viewer: Viewer) -> list[Kind]:
    """The types whose fields the viewer may define. Raises `NotAllowed` when there is none."""
    kinds = [kind for kind in TYPES.values() if issubclass(kind.model, Record)]
    mine = [one for one in kinds if defining.may_define(viewer, one)]
    if not mine:
        raise viewer.refusal(defining.right(kinds[0]))
    return [Kind(one, len(definitions.in_use(one.model))) for one in mine]


def fields(viewer: Viewer, kind: RecordType) -> list[FieldDefinition]:
    """All fields of one's own of a type, in their order, archived ones too."""
    defining.require(viewer, kind)
    rows = store.stored(kind.side, FieldDefinition).filter(kind=kind.name)
    return list(rows.order_by("position", "id")[: defining.MOST])


def field(viewer: Viewer, kind: RecordType, pk: int) -> FieldDefinition:
    """One of them. Raises `NotFound`."""
    defining.require(viewer, kind)
    found = store.stored(kind.side, FieldDefinition).filter(kind=kind.name, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def deleted(viewer: Viewer, kind: RecordType) -> list[Deleted]:
    """Those deleted of late, the latest first."""
    defining.require(viewer, kind)
    rows = store.stored(kind.side, RemovedRow).filter(
        table=FieldDefinition._meta.label_lower, restored_at=None, root=True
    )
    mine = (one for one in rows.order_by("-id")[:200] if one.image.get("kind") == kind.name)
    return [
        Deleted(translated(one.image["label"]), one.at, kind.url("fields", "restore", one.batch))
        for one, _n in zip(mine, range(MOST_DELETED), strict=False)
    ]
