"""What records are to one member of staff: favourites, followed ones, those looked at lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, removal, store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.records.models import Mark
from kundenkreis.records.registry import TYPES, of_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MOST = {Mark.What.STAR: 100, Mark.What.FOLLOW: 500, Mark.What.SEEN: 30}

NOBODY = 0  # the product itself keeps nothing in mind

Marked = tuple["RecordType", Any, Mark]


def toggle(kind: RecordType, viewer: Viewer, pk: int, what: Mark.What) -> bool:
    """Star or follow a record, or no longer; whether it is from now on.

    Raises `NotFound` for a record they may not know of, `DomainError` for too many.
    """
    kind.one(viewer, pk)
    with store.group(kind.side, f"records.{what}"):
        own = store.rows(Mark).filter(user_id=viewer.user_id or NOBODY, what=what)
        found = own.filter(kind=kind.name, row=pk).first()
        if found is not None:
            store.discard(own.filter(pk=found.pk))
            return False
        if own.count() >= MOST[what]:
            raise DomainError(
                _("These are too many."),
                _("Up to %(n)s records can be kept in mind this way.") % {"n": MOST[what]},
                _("Take the mark off another one first."),
            )
        store.append(Mark, [_new(kind, viewer, pk, what)], ignore_conflicts=True)
        return True


def looked_at(kind: RecordType, viewer: Viewer, pk: int) -> None:
    """Remember that the viewer has looked at a record, and forget what was long before."""
    kind.one(viewer, pk)
    with store.group(kind.side, "records.seen"):
        own = store.rows(Mark).filter(user_id=viewer.user_id or NOBODY, what=Mark.What.SEEN)
        if store.replace(own.filter(kind=kind.name, row=pk), at=clock.now()):
            return
        store.append(Mark, [_new(kind, viewer, pk, Mark.What.SEEN)], ignore_conflicts=True)
        kept = own.order_by("-at", "-id")[MOST[Mark.What.SEEN] - 1 :][:1]
        for last in kept:
            store.discard(own.filter(at__lt=last.at))


def put(
    viewer: Viewer, kind: str, row: int, what: Mark.What, *, on: bool, alone: bool = False
) -> None:
    """Have a mark or not, in the unit of work in progress; `alone` takes it from all others."""
    own = store.rows(Mark).filter(user_id=viewer.user_id or NOBODY, what=what, kind=kind)
    if on and alone:
        store.discard(own.exclude(row=row))
    if not on:
        store.discard(own.filter(row=row))
    elif not own.filter(row=row).exists():
        made = Mark(user_id=viewer.user_id or NOBODY, what=what, kind=kind, row=row, at=clock.now())
        store.append(Mark, [made], ignore_conflicts=True)


def marks_of(kind: RecordType, viewer: Viewer, pk: int) -> set[str]:
    """What one record is to the viewer."""
    rows = store.stored(kind.side, Mark).filter(
        user_id=viewer.user_id or NOBODY, kind=kind.name, row=pk
    )
    return set(rows.values_list("what", flat=True))


def marked(viewer: Viewer, what: Mark.What, limit: int) -> list[Marked]:
    """The viewer's records of both sides, latest first; only what they may still read."""
    found: list[Marked] = []
    for side in Side:
        own = store.stored(side, Mark).filter(user_id=viewer.user_id or NOBODY, what=what)
        found += readable(viewer, side, own.order_by("-at", "-id")[:limit])
    found.sort(key=lambda one: one[2].at, reverse=True)
    return found[:limit]


def readable(viewer: Viewer, side: Side, marks: Iterable[Mark]) -> list[Marked]:
    """The marked records that the viewer may read, in the order of the marks."""
    rows: dict[str, list[int]] = {}
    marks = list(marks)
    for mark in marks:
        rows.setdefault(mark.kind, []).append(mark.row)
    known = {
        (name, record.pk): record
        for name, pks in rows.items()
        if (kind := TYPES.get(name)) is not None and kind.side is side
        for record in kind.rows(viewer).filter(pk__in=pks)
    }
    return [
        (TYPES[mark.kind], known[mark.kind, mark.row], mark)
        for mark in marks
        if (mark.kind, mark.row) in known
    ]


def _new(kind: RecordType, viewer: Viewer, pk: int, what: Mark.What) -> Mark:
    return Mark(user_id=viewer.user_id or NOBODY, what=what, kind=kind.name, row=pk, at=clock.now())


@removal.along
def _of_removed(model: type[Model], pks: list[int]) -> QuerySet[Any] | None:
    """The marks go into the bin with their records, and come back with them."""
    kind = of_model(model)
    return None if kind is None else store.rows(Mark).filter(kind=kind.name, row__in=pks)
