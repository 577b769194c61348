"""The board of a type: cards in lanes, moved by drag, keyboard or the stages of a record page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.fields import info
from kundenkreis.records.forms import field_of
from kundenkreis.records.lists.boards import Boarded, board, move
from kundenkreis.records.views import saved, show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_GET
def board_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The board over the same filters as the list."""
    viewer = request.viewer
    viewer.require(kind.right("read"))
    start, views = saved.above(request, kind, board=True)
    if start:
        return redirect(start)
    found = board(kind, viewer, request.GET, kind.url("board"))
    return show(request, kind, "board", {**_context(request, kind, found), **views})


@require_POST
def move_card(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Move a record to another lane; a refusal asks for what is missing, or explains itself."""
    field = kind.board.field if kind.board else ""
    lane = request.POST.get("column") or request.POST.get(field) or request.GET.get("column", "")
    asked = {name: request.POST[name] for name in _asks(kind) if name in request.POST}
    try:
        moved = move(kind, request.viewer, pk, lane, asked)
    except DomainError as error:
        if error.field in _asks(kind) and error.status == 422:
            return _ask(request, kind, pk, lane, error)
        return _refused(error)
    if str(moved.before) == lane:  # put back where it was; a board has no order of its own
        return HttpResponse(status=204, headers={"HX-Trigger": "dialog:close"})
    text = _("“%(name)s” is now in “%(lane)s”.") % {"name": moved.record, "lane": moved.lane}
    origin = request.POST.get("from") or request.GET.get("from", "")
    if origin == "record":
        messages.success(request, text)
        return HttpResponse(headers={"HX-Refresh": "true"})
    toast: dict[str, Any] = {"text": text}
    if not request.GET.get("undo"):
        toast["undo_url"] = f"{kind.url(pk, 'move')}?column={moved.before}&undo=1"
        toast["undo_url"] += "&from=list" if origin == "list" else ""
    if origin == "list":
        done = {"toast": toast, "dialog:close": "", "record-changed": ""}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(done)})
    found = board(kind, request.viewer, request.GET, kind.url("board"))
    answer = show(
        request, kind, "board", _context(request, kind, found) | {"oob": True}, part="moved"
    )
    answer["HX-Trigger"] = json.dumps({"toast": toast, "dialog:close": ""})
    return answer


def _asks(kind: RecordType) -> tuple[str, ...]:
    return kind.board.asks if kind.board else ()


def _ask(
    request: StaffRequest, kind: RecordType, pk: int, lane: str, error: DomainError
) -> HttpResponse:
    """A dialogue for the one thing the move needs, e.g. the reason for a loss."""
    field = field_of(info(kind.model, error.field), request.viewer)
    context = {
        "record": kind.one(request.viewer, pk),
        "action": kind.url(pk, "move"),
        "lane": lane,
        "name": error.field,
        "label": field.label,
        "error": error,
        "retry": error.field in request.POST,
        "origin": request.POST.get("from", ""),
    }
    answer = show(request, kind, "ask", context, status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#dialogs", "innerHTML"
    return answer


def _refused(error: DomainError) -> HttpResponse:
    toast = {"toast": {"text": str(error), "tone": "error"}}
    return HttpResponse(status=error.status, headers={"HX-Trigger": json.dumps(toast)})


def _context(request: StaffRequest, kind: RecordType, found: Boarded) -> dict[str, Any]:
    viewer = request.viewer
    return {
        "title": kind.title,
        "title_icon": kind.icon,
        "summary": found.summary,
        "board": found,
        "new_url": kind.url("new") if kind.may(viewer, "create") else "",
        "may_move": kind.may(viewer, "change"),
    }
