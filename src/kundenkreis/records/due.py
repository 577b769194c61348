"""What is due next over all types: one list, found by one query per side.

The index that every record type has (`kernel.record.due_index`) finds the steps of an owner.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Q, Value

from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry
from kundenkreis.records.page.next_step import knows

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

Due = tuple["RecordType", Any]  # a type and one of its records
SHOWN = 20


def due_steps(
    viewer: Viewer, until: date = date.max, limit: int = SHOWN, *, others: bool = False
) -> list[Due]:
    """Records whose next step is due by a day, earliest first: the viewer's own and those of who is
    absent, or with `others` what further ones they may read."""
    keys = sorted(key for side in Side for key in _keys(side, viewer, until, limit, others=others))
    wanted = defaultdict(list)
    for _day, name, pk in keys[:limit]:
        wanted[name].append(pk)
    found = {
        (name, record.pk): record
        for name, pks in wanted.items()
        for record in registry.named(name).rows(viewer).filter(pk__in=pks)
    }
    return [
        (registry.named(name), found[name, pk])
        for _day, name, pk in keys[:limit]
        if (name, pk) in found
    ]


def count_due(viewer: Viewer, until: date, limit: int) -> int:
    """How many of the viewer's own steps are due by a day, at most so many."""
    found = (len(_keys(side, viewer, until, limit, others=False)) for side in Side)
    return min(sum(found), limit)


def _keys(
    side: Side, viewer: Viewer, until: date, limit: int, *, others: bool
) -> list[tuple[date, str, int]]:
    """Day, type and number of the steps of one side."""
    own = Q(owner_id__in=viewer.owners)
    mine = (Q(owner_id__isnull=True) | ~own) if others else own
    parts = [
        kind.rows(viewer)
        .filter(mine, next_step_on__isnull=False, next_step_on__lte=until)
        .order_by()
        .values_list("next_step_on", Value(kind.name, CharField()), "pk")
        for kind in registry.TYPES.values()
        if kind.side is side and kind.may(viewer, "read") and knows(kind, viewer)
    ]
    if not parts:
        return []
    first, *rest = parts
    together = first.union(*rest, all=True) if rest else first
    return list(together.order_by("next_step_on")[:limit])
