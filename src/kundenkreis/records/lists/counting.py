"""How many rows a list has: exactly where that is quick, else about, or at least."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.utils.translation import gettext as _

from kundenkreis.kernel.search import these
from kundenkreis.records.search.finding import FEW, VERY_MANY
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.search.finding import Search

COUNTED = 10_000  # beyond, a list does not count at once
FIGURES = 2  # of a number that is only about right


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of rows, or the number that there are more than, and perhaps about how many."""

    number: int
    exact: bool = True
    about: int = 0

    def __str__(self) -> str:
        if self.exact:
            return formats.number(self.number)
        if self.about:
            return _("about %(n)s") % {"n": formats.number(self.about)}
        return f"> {formats.number(self.number)}"


def counted(
    kind: RecordType, viewer: Viewer, rows: QuerySet[Any], *, filtered: bool, search: Search
) -> tuple[QuerySet[Any], Counted]:
    """The rows and how many there are, by filters and a searched text; where they may be few, these
    few by their keys.

    A condition without an index is then asked once: not again to count, and not along the order of
    the list, which ends late when hardly a row matches.
    """
    unordered = rows.order_by()
    text = search.text
    if text and not filtered and search.known is not None:
        # Documents come and go with their records: these need not be looked up to be counted.
        number = len(search.known)
        return rows, Counted(min(number, VERY_MANY), exact=number <= VERY_MANY)
    if filtered or text:
        most = VERY_MANY if text else FEW
        keys = list(unordered.values_list("pk", flat=True)[: most + 1])
        if len(keys) <= most:
            return kind.rows(viewer).filter(pk__in=these(kind.side, keys)), Counted(len(keys))
        if text:
            return rows, Counted(most, exact=False)
    number = unordered[: COUNTED + 1].count()
    if number <= COUNTED:
        return rows, Counted(number)
    about = 0 if filtered or text else _estimate(kind.rows(viewer).order_by())
    return rows, Counted(COUNTED, exact=False, about=about)


def _estimate(rows: QuerySet[Any]) -> int:
    """About how many rows there are in a list that nobody has narrowed; 0 where that is unknown.

    PostgreSQL's planner knows it; of conditions its guess can be far off. SQLite has no such guess,
    but counts a whole table along an index in a moment.
    """
    if connections[rows.db].vendor == "postgresql":
        plan = json.loads(rows.values("pk").explain(format="json"))[0]["Plan"]
        number = int(plan["Plan Rows"])
    else:
        number = 0 if rows.query.where else rows.count()
    step = 10 ** max(len(str(number)) - FIGURES, 0)
    return round(number / step) * step if number > COUNTED else 0
