"""Views of a type that somebody has saved: who sees them, and who changes them.

A view is private, its owner's team's, or everybody's; only the right `<side>.view.share` makes one
everybody's, and lets its holder change those of others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kundenkreis.kernel import removal, store
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.records.models import Mark, SavedView
from kundenkreis.records.page import marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model, QuerySet

    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import RecordType

MOST = 200
Sharing = SavedView.Sharing


def share_right(kind: RecordType) -> str:
    return f"{kind.side}.view.share"


def visible(kind: RecordType, viewer: Viewer) -> QuerySet[SavedView]:
    """The views of a type that the viewer may open."""
    own = Q(owner_id=viewer.user_id or marks.NOBODY)
    team = Q(sharing=Sharing.TEAM, team_id__in=viewer.team_ids)
    rows = store.stored(kind.side, SavedView).filter(kind=kind.name)
    return rows.filter(own | team | Q(sharing=Sharing.PUBLIC))


def views_of(kind: RecordType, viewer: Viewer) -> list[Any]:
    """The views a viewer may open, by name, each with `pinned` and `starts`."""
    found: list[Any] = list(visible(kind, viewer).order_by("name", "id")[:MOST])
    if not found:  # nearly always
        return found
    own = store.stored(kind.side, Mark).filter(
        user_id=viewer.user_id or marks.NOBODY,
        kind=_marked(kind),
        row__in=[one.pk for one in found],
    )
    marked = set(own.values_list("row", "what"))
    for one in found:
        one.pinned = (one.pk, Mark.What.PIN) in marked
        one.starts = (one.pk, Mark.What.START) in marked
    return found


def find(kind: RecordType, viewer: Viewer, pk: int | None) -> SavedView | None:
    """The view of that number; None where the viewer may not know of one."""
    return visible(kind, viewer).filter(pk=pk).first() if pk is not None else None


def may_change(kind: RecordType, viewer: Viewer, view: SavedView) -> bool:
    """Whether the viewer may change, rename, share or delete a view that they may open."""
    own = viewer.user_id is not None and view.owner_id == viewer.user_id
    return own or (view.sharing == Sharing.PUBLIC and viewer.may(share_right(kind)))


def save(
    kind: RecordType, actor: Actor, state: Mapping[str, Any], *, board: bool, **values: Any
) -> SavedView:
    """Save a new view. Raises `NotAllowed`, `DomainError` for too many of one's own."""
    actor.require(kind.right("read"))
    with store.group(kind.side, "records.save_view"):
        own = store.rows(SavedView).filter(kind=kind.name, owner_id=actor.user_id)
        if own.count() >= MOST:
            raise DomainError(
                _("These are too many views."),
                _("Up to %(n)s views of one kind can be saved.") % {"n": MOST},
                _("Delete one that is not used any more."),
            )
        known = _known(kind, actor, values)
        return store.create(
            actor, SavedView, kind=kind.name, owner_id=actor.user_id, state=dict(state),
            board=board, **known,
        )  # fmt: skip


def change(kind: RecordType, actor: Actor, pk: int, **values: Any) -> SavedView:
    """Rename or share a view. Raises `NotFound`, `NotAllowed`."""
    with store.group(kind.side, "records.change_view"):
        view = _locked(kind, actor, pk)
        store.change(actor, view, **_known(kind, actor, values, view))
        return view


def keep(
    kind: RecordType, actor: Actor, pk: int, state: Mapping[str, Any], *, board: bool
) -> SavedView:
    """Let a view be what its list has become. Raises `NotFound`, `NotAllowed`."""
    with store.group(kind.side, "records.keep_view"):
        view = _locked(kind, actor, pk)
        store.change(actor, view, state=dict(state), board=board)
        return view


def remove(kind: RecordType, actor: Actor, pk: int) -> str:
    """Delete a view; returns the batch that `restore` brings back. Raises `NotFound`, `NotAllowed`."""
    with store.group(kind.side, "records.remove_view") as unit:
        store.remove(actor, _locked(kind, actor, pk))
        return unit.batch


def restore(kind: RecordType, actor: Actor, batch: str) -> SavedView:
    """Bring back a view that the actor has deleted. Raises `NotFound`."""
    with store.group(kind.side, "records.restore_view"):
        gone = store.rows(RemovedRow).filter(
            batch=batch, root=True, actor=actor.reference, table=SavedView._meta.label_lower
        )
        if not gone.exists():
            raise NotFound
        deleted = removal.waiting(batch, 1)
        view = store.restore(actor, deleted[0]).roots[0] if deleted else None
        if not isinstance(view, SavedView) or view.kind != kind.name:
            raise NotFound
        return view


def choose(kind: RecordType, viewer: Viewer, pk: int, *, pinned: bool, starts: bool) -> None:
    """Pin a view, and let one's lists start with it; or no longer. Raises `NotFound`."""
    if find(kind, viewer, pk) is None:
        raise NotFound
    with store.group(kind.side, "records.choose_view"):
        marks.put(viewer, _marked(kind), pk, Mark.What.PIN, on=pinned)
        marks.put(viewer, _marked(kind), pk, Mark.What.START, on=starts, alone=True)


def _known(
    kind: RecordType, actor: Actor, values: Mapping[str, Any], view: SavedView | None = None
) -> dict[str, Any]:
    """The values as they are stored, within what the actor may share with whom."""
    sharing, team = values["sharing"], values.get("team_id")
    if sharing == Sharing.PUBLIC and (view is None or view.sharing != Sharing.PUBLIC):
        actor.require(share_right(kind))
    if sharing != Sharing.TEAM:
        team = None
    elif team not in actor.team_ids and (view is None or team != view.team_id):
        raise actor.refusal(share_right(kind))
    return {"name": values["name"], "sharing": sharing, "team_id": team}


def _locked(kind: RecordType, actor: Actor, pk: int) -> SavedView:
    view = store.lock(SavedView, pk)
    if find(kind, actor, pk) is None:
        raise NotFound
    if not may_change(kind, actor, view):
        raise actor.refusal(share_right(kind))
    return view


def _marked(kind: RecordType) -> str:
    return f"{_VIEWS}{kind.name}"


_VIEWS = "view."  # what marks call views of a type by


@removal.along
def _of_removed(model: type[Model], pks: list[int]) -> QuerySet[Any] | None:
    """Pins go into the bin with their views, and come back with them."""
    if model is not SavedView:
        return None
    return store.rows(Mark).filter(kind__startswith=_VIEWS, row__in=pks)
