"""Changing a record: one fact in place, or all facts in a form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundenkreis.records.page.editing import Edit
from kundenkreis.records.past.history import undo_url
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "POST"])
def edit_fact(request: StaffRequest, kind: RecordType, pk: int, name: str) -> HttpResponse:
    """The form of one fact in place (GET), or its new content (POST)."""
    edit, given = Edit(kind, request.viewer, pk, [name]), request.method == "POST"
    # Who takes what somebody else has stored meanwhile writes nothing.
    if given and ("take" in request.POST or edit.save(request.POST)):
        if edit.changed and edit.out_of_sight:
            messages.success(request, _("Saved. It is not yours to read any more."))
            return HttpResponse(headers={"HX-Redirect": kind.url()})
        answer = show(request, kind, "fact", edit.content(), part="value")
        if edit.changed:
            return saved(answer, kind, edit.record)
        if "take" in request.POST:
            answer["HX-Trigger-After-Settle"] = "record-changed"
        return answer
    context = {"edit": edit, "field": edit.form[name], "difference": edit.differences.get(name)}
    return show(request, kind, "fact", context, part="form", status=422 if given else 200)


def saved(answer: HttpResponse, kind: RecordType, record: Any) -> HttpResponse:
    """The answer to a part of a page in which a record was changed, with a way back."""
    toast = {"text": _("Saved."), "undo_url": undo_url(kind, record)}
    # What the page says elsewhere, its title and figures, follows the change.
    answer["HX-Trigger-After-Settle"] = json.dumps({"toast": toast, "record-changed": ""})
    return answer


@require_http_methods(["GET", "POST"])
def edit_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """A form of all facts the user may change; where others did so meanwhile, both are shown."""
    edit, given = Edit(kind, request.viewer, pk), request.method == "POST"
    if name := request.POST.get("take", ""):
        edit.take(request.POST, name)
    elif given and edit.save(request.POST):
        if edit.changed and edit.out_of_sight:
            messages.success(request, _("Saved. It is not yours to read any more."))
            return redirect(kind.url())
        if edit.changed:
            messages.success(request, _("Saved."), extra_tags=undo_url(kind, edit.record))
        return redirect(kind.url(pk))
    context = {
        "title": _("Edit %(name)s") % {"name": edit.record},
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(edit.record), "url": kind.url(pk)},
        ],
        "edit": edit,
        "cancel_url": kind.url(pk),
    }
    return show(request, kind, "edit", context, status=422 if given else 200)
