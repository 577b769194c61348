"""The next step of a record: planning it in a dialog, putting it off, saying that it is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.records.days import NoDay, parse_day
from kundenkreis.records.directory import Directory
from kundenkreis.records.numbers import whole
from kundenkreis.records.page import merging, next_step
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.page.next_step import NO_DAY, PLANNING
from kundenkreis.records.past.history import undo_url
from kundenkreis.records.views import show
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

LONGEST = 200  # characters of what is to be done
FURTHEST = 366  # days a step is put off at once


@require_GET
def day_read(request: HttpRequest) -> HttpResponse:
    """How a day in words is understood: what is typed into a field is said before it is saved."""
    text = str(next(iter(request.GET.values()), ""))
    if not text.strip():
        return HttpResponse("")
    try:
        day = parse_day(text)
        return HttpResponse(
            format_html('<time datetime="{}">{}</time>', day.isoformat(), formats.full_day(day))
        )
    except NoDay:
        return HttpResponse(format_html('<span class="bad">{}</span>', _("No day yet")))


@require_http_methods(["GET", "POST"])
def step_dialog(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """The dialog that asks what is to be done and when, and planning it."""
    edit, given = Edit(kind, request.viewer, pk, PLANNING), request.method == "POST"
    _require(request, kind, edit.record)
    if name := request.POST.get("take", ""):
        edit.take(request.POST, name)
    elif given and _says_when(request, edit) and edit.save(request.POST):
        due = edit.record.next_step_on
        text = _("Planned for %(day)s.") % {"day": formats.full_day(due)} if due else _("Saved.")
        return _done(kind, edit, text)
    if not given and not (edit.record.next_step or edit.record.next_step_on):
        edit.form.initial["next_step"] = request.GET.get("what", "")[:LONGEST]  # what was proposed
    return show(
        request, kind, "next_step", _asked(request, kind, edit), status=422 if given else 200
    )


@require_POST
def put_off(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Move the next step some days ahead of today."""
    record = kind.one(request.viewer, pk)
    _require(request, kind, record)
    day = parse_day(f"+{min(whole(request.POST.get('days', '')) or 1, FURTHEST)}")
    seen = merging.read(request.POST.get("seen", ""))
    record = merging.merge(kind, request.viewer, pk, seen, {"next_step_on": day})
    text = _("Put off to %(day)s.") % {"day": formats.full_day(day)}
    return HttpResponse(status=204, headers=_told(text, undo_url(kind, record)))


@require_POST
def step_done(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Mark the next step as done, and ask for the following one."""
    seen = merging.read(request.POST.get("seen", ""))
    record = next_step.finish(kind, request.viewer, pk, seen)
    edit = Edit(kind, request.viewer, pk, PLANNING)
    answer = show(request, kind, "next_step", {**_asked(request, kind, edit), "following": True})
    said = _told(_("Done: %(name)s") % {"name": record}, undo_url(kind, record))
    for name, value in said.items():
        answer[name] = value
    return answer


def _require(request: StaffRequest, kind: RecordType, record: object) -> None:
    if not next_step.may_plan(kind, request.viewer, record):
        raise request.viewer.refusal(kind.right("change"))


def _says_when(request: StaffRequest, edit: Edit) -> bool:
    """Whether a step that is told comes with a day; else the form says so, as it was typed."""
    if (
        request.POST.get("next_step", "").strip()
        and not request.POST.get("next_step_on", "").strip()
    ):
        edit.refuse(request.POST, "next_step_on", NO_DAY)
        return False
    return True


def _asked(request: StaffRequest, kind: RecordType, edit: Edit) -> dict[str, object]:
    next_step.focus(edit.form)
    record = edit.record
    return {
        "edit": edit,
        "action": kind.url(record.pk, "next-step"),
        "days": next_step.suggested_days(),
        "owner": Directory([record]).name("owner_id", record.owner_id),
        "own": record.owner_id == request.viewer.user_id,
    }


def _done(kind: RecordType, edit: Edit, text: str) -> HttpResponse:
    headers = _told(text, undo_url(kind, edit.record) if edit.changed else "", close=True)
    return HttpResponse(status=204, headers=headers)


def _told(text: str, undo: str, *, close: bool = False) -> dict[str, str]:
    said = {"toast": {"text": text, "undo_url": undo}, "record-changed": ""}
    return {"HX-Trigger": json.dumps(said | ({"dialog:close": ""} if close else {}))}
