"""What somebody leaves behind, and giving it to somebody else: records of every type, what was
shared with them, and the views that others use.

Who has left stays named in the history of all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kundenkreis.kernel import recipients, store
from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.models import Share
from kundenkreis.kernel.record import Record
from kundenkreis.kernel.sides import Side
from kundenkreis.records.bulk import commands
from kundenkreis.records.bulk.changes import Change
from kundenkreis.records.fields import info, names
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.models import SavedView
from kundenkreis.records.page.sharing import may_share
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.kernel.jobs.backend import JobTask
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import BulkRun

MOST = 10_000  # shares and views that are given at once
# What is over stays with who has done it.
OVER = ("is_done",)


@dataclass(frozen=True, slots=True)
class Holding:
    """How many records of a type are somebody's and not over yet."""

    kind: RecordType
    number: int

    @property
    def url(self) -> str:
        return self.kind.url()


def holdings(viewer: Viewer, user_id: int) -> list[Holding]:
    """What of each type is somebody's, as far as the viewer may give it to others."""
    found = [
        Holding(kind, _selection(kind, user_id).count(kind, viewer)) for kind in _given(viewer)
    ]
    return [one for one in found if one.number]


def kept(viewer: Viewer, user_id: int) -> list[RecordType]:
    """The types of which the viewer sees records of theirs that the viewer may not give away."""
    given = {kind.name for kind in _given(viewer)}
    return [
        kind
        for kind in TYPES.values()
        if _owned(kind)
        and kind.name not in given
        and kind.may(viewer, "read")
        and kind.rows(viewer).filter(owner_id=user_id).exists()
    ]


def shared(user_id: int) -> int:
    """How many records are shared with somebody alone, on both sides."""
    return sum(_shares(side, user_id).count() for side in Side)


def views(user_id: int) -> int:
    """How many views of theirs others may use."""
    return sum(_views(side, user_id).count() for side in Side)


def require(viewer: Viewer, user_id: int, to: int) -> None:
    """Raise `DomainError` where the other one could not open what they would be given."""
    for one in holdings(viewer, user_id):
        recipients.require(viewer, one.kind.model, [to])


def hand_over(actor: Actor, user_id: int, to: int, job: JobTask) -> list[BulkRun]:
    """Give all of it to somebody else: a run for each type, in the worker where there is much.

    Raises `DomainError` before anything is given, where they could not open it.
    """
    require(actor, user_id, to)
    for side in Side:
        with store.group(side, "records.hand_over"):
            _give_shares(side, actor, user_id, to)
            _give_views(side, actor, user_id, to)
    change = Change({"owner_id": to})
    return [
        commands.begin(one.kind, actor, change, _selection(one.kind, user_id), job)
        for one in holdings(actor, user_id)
    ]


def _given(viewer: Viewer) -> Iterator[RecordType]:
    for kind in TYPES.values():
        if _owned(kind) and kind.may(viewer, "change") and kind.sets(viewer, "owner_id"):
            yield kind


def _owned(kind: RecordType) -> bool:
    return issubclass(kind.model, Record)


def _selection(kind: RecordType, user_id: int) -> Selection:
    """Theirs, and of what can be over, what is not."""
    over = [
        name
        for name in OVER
        if name in names(kind.model) and info(kind.model, name).kind is Kind.BOOLEAN
    ]
    theirs = {"type": "compare", "field": "owner_id", "op": "is", "value": user_id}
    where = json.dumps({"v": 1, "where": theirs})
    return Selection(query=urlencode({"where": where, **dict.fromkeys(over, "0")}))


def _shares(side: Side, user_id: int) -> Any:
    return store.stored(side, Share).filter(user_id=user_id)


def _views(side: Side, user_id: int) -> Any:
    others = (SavedView.Sharing.TEAM, SavedView.Sharing.PUBLIC)
    return store.stored(side, SavedView).filter(owner_id=user_id, sharing__in=others)


def _give_shares(side: Side, actor: Actor, user_id: int, to: int) -> None:
    """Those that the actor could give by hand. Who has one already keeps it, as wide as it was."""
    has = set(_shares(side, to).values_list("subject", "row"))
    for one in _shares(side, user_id).order_by("pk")[:MOST]:
        if not _may_give(actor, one, to):
            continue
        if (one.subject, one.row) in has:
            store.remove(actor, one)
        else:
            store.change(actor, one, user_id=to)


def _may_give(actor: Actor, share: Share, to: int) -> bool:
    kind = next((one for one in TYPES.values() if one.subject == share.subject), None)
    record = kind and kind.rows(actor).filter(pk=share.row).first()
    if kind is None or record is None or recipients.refused(kind.model, {to}):
        return False
    return may_share(kind, actor, record)


def _give_views(side: Side, actor: Actor, user_id: int, to: int) -> None:
    for one in _views(side, user_id).order_by("pk")[:MOST]:
        store.change(actor, one, owner_id=to)
