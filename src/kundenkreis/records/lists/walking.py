"""Previous and next within the list that somebody came from: it stands in the record's address.

`/crm/persons/17/?in=owner_id%3D7%26sort%3Dname` is person 17 of that list; nothing is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.addresses import LONGEST, within
from kundenkreis.records.lists.grouping import PARAMETER
from kundenkreis.records.lists.listing import grouped_of, narrowed
from kundenkreis.records.lists.ordering import order_of
from kundenkreis.records.search.finding import FEW

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through a list: its address, and those of the neighbours, empty at its ends."""

    list_url: str
    previous_url: str = ""
    next_url: str = ""


def walk(kind: RecordType, viewer: Viewer, record: Any, parameters: QueryDict) -> Walk | None:
    """The record's neighbours in the list its address names; None where it names none."""
    query = parameters.get("in")
    if query is None or len(query) > LONGEST:
        return None
    asked = QueryDict(query)
    _column, fields, descending = order_of(kind, viewer, asked)
    before, after = _neighbours(kind, viewer, record, asked, fields, descending=descending)
    way = within(asked)
    return Walk(
        f"{kind.url()}?{query}" if query else kind.url(),
        f"{kind.url(before)}{way}" if before else "",
        f"{kind.url(after)}{way}" if after else "",
    )


def _neighbours(
    kind: RecordType,
    viewer: Viewer,
    record: Any,
    asked: QueryDict,
    fields: list[str],
    *,
    descending: bool,
) -> tuple[int | None, int | None]:
    if PARAMETER in asked:
        rows, grouped = grouped_of(kind, viewer, asked)
        if grouped is not None:
            return grouped.neighbours(rows, fields, record, descending=descending)
    rows, filters = narrowed(kind, viewer, asked, "")
    if filters.active or asked.get("q"):
        # As in the list: along its order, few that match would be looked for in vain.
        keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        rows = kind.rows(viewer).filter(pk__in=keys) if len(keys) <= FEW else rows
    return keyset.neighbours(rows, fields, record, descending=descending)
