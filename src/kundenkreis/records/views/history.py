"""What happened to a record, how it was, what was deleted, and taking any of it back."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.kernel import audit
from kundenkreis.records import jobs
from kundenkreis.records.bulk.commands import begin_undo
from kundenkreis.records.numbers import whole
from kundenkreis.records.past.as_of import facts_at
from kundenkreis.records.past.bin import deleted
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import AT_ONCE, Undone, authorised, undo
from kundenkreis.records.views import show
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

SHOWN = 5  # reasons why something stays


@require_GET
def history_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Every change of a record; with `on`, its facts as they were at the end of that day."""
    viewer = request.viewer
    record = kind.one(viewer, pk)
    made, after = steps(kind, viewer, record, whole(request.GET.get("before", "")))
    day = _day(request.GET.get("on", ""))
    context = {
        "title": _("History of %(name)s") % {"name": record},
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(record), "url": kind.url(pk)},
        ],
        "steps": made,
        "next_url": f"?before={after}&on={request.GET.get('on', '')[:10]}" if after else "",
        "on": request.GET.get("on", "")[:10],
        "day": formats.day(day) if day else "",
        "then": facts_at(kind, viewer, record, _end_of(day)) if day else [],
        "may_undo": kind.reaches(viewer, "change", record),
    }
    return show(request, kind, "history", context)


@require_GET
def bin_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Deleted records, each with a way back."""
    request.viewer.require(kind.right("remove"))
    found, after = deleted(kind, request.viewer, whole(request.GET.get("before", "")))
    context = {
        "title": _("Deleted %(types)s") % {"types": kind.label_plural},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "deleted": found,
        "next_url": f"?before={after}" if after else "",
    }
    return show(request, kind, "bin", context)


@require_POST
def undo_batch(request: StaffRequest, kind: RecordType, batch: str) -> HttpResponse:
    """Take back what was done at once; says what could not be, and why."""
    _actor, whole = authorised(request.viewer, kind.side, batch)
    if not whole and audit.size(kind.side, batch, AT_ONCE + 1) > AT_ONCE:
        run = begin_undo(kind, request.viewer, batch, jobs.go_on_with_bulk)
        return _to(request, kind.url("bulk", run.pk))
    result = undo(request.viewer, kind.side, batch)
    said = _said(result)
    again = kind.url("undo", result.batch) if result.batch else ""
    if request.headers.get("HX-Request") and "list" in request.GET:
        # A list takes it in without being left: what is being typed into it stays.
        toast = {"text": " ".join(text for _level, text in said)}
        toast |= {"undo_url": f"{again}?list=1"} if again else {}
        return HttpResponse(
            headers={"HX-Trigger": json.dumps({"toast": toast, "record-changed": ""})}
        )
    for level, text in said:
        back = again if level == messages.SUCCESS else ""
        messages.add_message(request, level, text, extra_tags=back)
    if request.headers.get("HX-Request"):
        # The page that asked may be that of a record which is gone now.
        header = {"HX-Redirect": kind.url()} if result.removed else {"HX-Refresh": "true"}
        return HttpResponse(headers=header)
    return redirect(kind.url())


def _to(request: StaffRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _said(result: Undone) -> list[tuple[int, str]]:
    """What was taken back, and why the rest was not."""
    text = ngettext(
        "%(n)s record is as it was before.", "%(n)s records are as they were before.", result.count
    )
    said = []
    if result.count or not result.left:
        said.append((messages.SUCCESS, text % {"n": formats.number(result.count)}))
    said += [(messages.WARNING, str(one)) for one in result.left[:SHOWN]]
    if len(result.left) > SHOWN:
        more = formats.number(len(result.left) - SHOWN)
        said.append((messages.WARNING, _("And %(n)s more that stay as they are.") % {"n": more}))
    return said


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    """The last instant of a day in the user's zone."""
    try:
        next_day = datetime.combine(day + timedelta(days=1), time.min)
    except OverflowError:
        next_day = datetime.combine(day, time.min)
    return timezone.make_aware(next_day) - timedelta(microseconds=1)
