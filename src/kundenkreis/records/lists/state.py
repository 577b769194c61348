"""The state of a list: everything its address says of what is shown, and the view it began with.

`?view=17` opens a saved view; `all`, `mine` and `recent` are there for every type. Whatever is
changed from there stands in full in the address, and `base=17` tells what it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext_lazy

from kundenkreis.records.fields import names
from kundenkreis.records.lists import columns, saved_views
from kundenkreis.records.lists.addresses import changed
from kundenkreis.records.lists.filters import PAGING, read
from kundenkreis.records.lists.grouping import PARAMETER, grouping_of
from kundenkreis.records.lists.ordering import order_of
from kundenkreis.records.numbers import whole
from kundenkreis.records.search.finding import clean

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import SavedView

VIEW, BASE = "view", "base"
ALL = "all"

# What the views are called that every type has.
NAMES = {
    ALL: pgettext_lazy("records", "All"),
    "mine": pgettext_lazy("records", "Mine"),
    "recent": gettext_lazy("Recently changed"),
}

Content = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class State:
    """What a list is asked for, and how that compares with the view it began with.

    `base` names that view, `view` is it where it is a saved one; `less` says that the viewer may
    not see all that it asks for, `missing` that there is none of that number for them.
    """

    parameters: QueryDict
    base: str
    view: SavedView | None
    changed: bool
    less: bool = False
    missing: bool = False

    @property
    def name(self) -> str:
        """What the view is called that a list shows just so; empty for all, and for any other."""
        if self.changed or self.base == ALL:
            return ""
        return self.view.name if self.view else str(NAMES[self.base])

    @property
    def query(self) -> str:
        """All of it but the page, as an address ends with it."""
        return changed("", self.parameters, **dict.fromkeys(PAGING, ""))


def built_in(kind: RecordType, viewer: Viewer) -> dict[str, Content]:
    """The views that every type has: all records, one's own, those that changed last."""
    found: dict[str, Content] = {ALL: {}}
    if viewer.user_id is not None and "owner_id" in kind.filters and kind.sees(viewer, "owner_id"):
        found["mine"] = {"owner_id": [str(viewer.user_id)]}
    if "changed_at" in names(kind.model) and kind.sees(viewer, "changed_at"):
        found["recent"] = {"sort": ["-changed_at"]}
    return found


def opened(kind: RecordType, viewer: Viewer, given: QueryDict) -> QueryDict:
    """The parameters of an address that names a view, in full; any other stays as it is."""
    if VIEW not in given:
        return given
    name = given.get(VIEW, "")
    content = built_in(kind, viewer).get(name)
    if content is None:
        view = saved_views.find(kind, viewer, whole(name))
        content = content_of(kind, viewer, _query(view.state)) if view else {}
    found = _query(content)
    found[BASE] = name
    return found


def state_of(kind: RecordType, viewer: Viewer, given: QueryDict, *, board: bool = False) -> State:
    """The state that the parameters of an address describe."""
    base = given.get(BASE, "")
    now, mine = content_of(kind, viewer, given), built_in(kind, viewer)
    if base not in mine and (view := saved_views.find(kind, viewer, whole(base))) is not None:
        kept = content_of(kind, viewer, _query(view.state))
        moved = view.board is not (board and kind.board is not None)
        return State(given, base, view, now != kept or moved, less=kept != view.state)
    missing = bool(base) and base not in mine
    if base not in mine:
        base = "mine" if now == mine.get("mine") else ALL
    return State(given, base, None, now != mine[base], missing=missing)


def content_of(kind: RecordType, viewer: Viewer, given: QueryDict) -> dict[str, list[str]]:
    """What an address asks for in one normal form, as far as the viewer may ask it."""
    filters = read(kind, viewer, given, "")
    found = {name: sorted(map(_text, values)) for name, values in filters.chosen.items()}
    order, _fields, descending = order_of(kind, viewer, given)
    sort = f"-{order}" if descending else order
    grouping = grouping_of(kind, viewer, filters.vocabulary, given)
    chosen = columns.written(columns.columns_of(kind, viewer, given))
    usual = columns.written(columns.columns_of(kind, viewer, QueryDict()))
    further = {
        "where": filters.where,
        "q": clean(given.get("q", "")).strip(),
        "sort": sort if sort != kind.order else "",
        PARAMETER: grouping.name if grouping else "",
        columns.PARAMETER: chosen if chosen != usual else "",
    }
    return found | {name: [text] for name, text in further.items() if text}


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _query(content: Content) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in content.items():
        found.setlist(name, values)
    return found
