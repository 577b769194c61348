"""The composer, ticking off, one's tasks and the inbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.crm.work import commands, panels
from kundenkreis.crm.work.records import ACTIVITY
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.past.history import undo_url
from kundenkreis.web.crm.parts import again, found
from kundenkreis.web.crm.work.tasks import my_tasks

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

TYPED = ("kind", "text", "due_on", "at", "minutes", "owner_id")


@require_POST
def add_activity(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Enter what was composed; the answer is an empty composer, or the same with its errors."""
    kind, record = found(request, slug, pk, "composer")
    request.viewer.require(ACTIVITY.right("create"))  # before anything is said of the form
    form = RecordForm(ACTIVITY, request.viewer, TYPED, request.POST)
    errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
    if not errors:
        try:
            made = commands.add_activity(actor=request.viewer, about=record, **form.cleaned_data)
        except DomainError as error:
            if error.status != 422:
                raise
            errors = {error.field or "text": str(error)}
    if errors:
        typed = {name: request.POST.get(name, "") for name in TYPED}
        answer = again(request, kind, record, "composer", typed=typed, errors=errors)
        answer.status_code = 422
        return answer
    commands.keep_draft(actor=request.viewer, about=record, typed={})
    answer = again(request, kind, record, "composer")
    toast = {"text": _("Saved."), "undo_url": undo_url(ACTIVITY, made)}
    answer["HX-Trigger-After-Settle"] = json.dumps({"toast": toast, "record-changed": ""})
    return answer


@require_POST
def keep_draft(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Keep what is being written, so that it is there again after a reload, on any device."""
    _kind, record = found(request, slug, pk, "composer")
    typed = {name: request.POST.get(name, "")[: commands.LONGEST] for name in TYPED}
    commands.keep_draft(actor=request.viewer, about=record, typed=typed)
    return HttpResponse(status=204)


@require_POST
def tick(request: StaffRequest, pk: int) -> HttpResponse:
    """Tick a task off, or open it again; the answer is its circle."""
    done = not ACTIVITY.one(request.viewer, pk).is_done
    activity = commands.finish_task(actor=request.viewer, activity_id=pk, done=done)
    answer = HttpResponse(panels.tick(activity))
    text = _("Done: %(name)s") if done else _("Open again: %(name)s")
    toast = {"text": text % {"name": activity}, "undo_url": undo_url(ACTIVITY, activity)}
    answer["HX-Trigger-After-Settle"] = json.dumps({"toast": toast, "record-changed": ""})
    return answer


@require_GET
def tasks(request: StaffRequest) -> HttpResponse:
    """What the user has to do: overdue, today, later, some day; or everybody's next steps, too."""
    request.viewer.require("crm.activity.read")
    return render(
        request,
        "work/tasks.html",
        my_tasks(request.viewer, everybody=request.GET.get("whose") == "all"),
    )
