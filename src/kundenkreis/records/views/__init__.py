"""The engine's views: functions that take a type and answer a page or a part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import select_template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.records.addresses import changed

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


def template_names(kind: RecordType, view: str) -> list[str]:
    """The type's own template of that name if there is one, else the engine's."""
    return [f"{kind.context}/{kind.name}_{view}.html", f"records/{view}.html"]


def show(
    request: StaffRequest,
    kind: RecordType,
    view: str,
    context: dict[str, Any],
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of a type, or one named part (`partialdef`) of it."""
    names = [f"{name}#{part}" if part else name for name in template_names(kind, view)]
    template = select_template(names)
    return HttpResponse(template.render({"kind": kind, **context}, request), status=status)


def tabs(
    kind: RecordType, viewer: Viewer, parameters: QueryDict, current: str
) -> list[dict[str, Any]]:
    """The views of a type: board, all records, mine; board and table share their filters."""
    query = changed("", parameters, after="", before="", sort="")
    found: list[dict[str, Any]] = []
    if kind.board:
        board = {"label": _("Board"), "url": f"{kind.url('board')}{query}", "icon": "square-kanban"}
        found.append({**board, "current": current == "board"})
        found.append({"label": _("Table"), "url": f"{kind.url()}{query}", "icon": "table-2"})
    else:
        found.append({"label": pgettext("records", "All"), "url": kind.url(), "icon": kind.icon})
    mine = viewer.user_id is not None and "owner_id" in kind.filters
    is_mine = mine and parameters.getlist("owner_id") == [str(viewer.user_id)]
    address = kind.url("board") if current == "board" else kind.url()
    if mine:
        found.append({"label": _("Mine"), "url": f"{address}?owner_id={viewer.user_id}"})
        found[-1] |= {"icon": "user", "current": is_mine and not kind.board}
    if current == "list":
        found[-2 if mine else -1] |= {"current": not is_mine or bool(kind.board)}
    return found
