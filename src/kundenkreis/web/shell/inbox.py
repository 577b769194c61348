"""The inbox: what a member of staff is told, marked as read, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.crm.work import notice_commands, queries
from kundenkreis.crm.work.models import Notice
from kundenkreis.crm.work.notice_commands import APP, MAIL, PUSH, WAYS, ways_of
from kundenkreis.crm.work.notice_queries import settings_of, told
from kundenkreis.crm.work.notice_words import Item, item
from kundenkreis.kernel import clock, webpush
from kundenkreis.records.due import count_due
from kundenkreis.ui.furniture import NavigationItem

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest

PAGE = 30
COUNTED = 99
UNREAD = "unread"
WORKER = Path(__file__).with_name("push_worker.js")
LABELS = {
    APP: gettext_lazy("Here"),
    MAIL: gettext_lazy("Mail"),
    PUSH: gettext_lazy("Browser"),
}
SHORT = {
    Notice.Kind.MENTIONED: gettext_lazy("Mentions"),
    Notice.Kind.ASSIGNED: gettext_lazy("Given to you"),
    Notice.Kind.DUE: gettext_lazy("Due"),
    Notice.Kind.FINISHED: gettext_lazy("Long work"),
    Notice.Kind.FOLLOWED: gettext_lazy("Followed"),
}


class NoticeForm(forms.Form):
    """By which ways somebody is told of each kind, and when the mail comes."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the mail of the day"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        help_text=gettext_lazy("In your time zone. Without news there is no mail."),
    )


def inbox(
    viewer: Viewer, before: datetime | None, chosen: str = ""
) -> tuple[list[Item], datetime | None]:
    """A page of the inbox, latest first, and before when the next one begins (None at the end)."""
    kinds = [chosen] if chosen in Notice.Kind.values else None
    found = told(viewer, limit=PAGE + 1, before=before, unread=chosen == UNREAD, kinds=kinds)
    more, found = len(found) > PAGE, found[:PAGE]
    return [item(viewer, one) for one in found], found[-1].notice.at if more else None


def unread(viewer: Viewer) -> int:
    """How many notices the viewer has not read, at most a hundred."""
    return len(told(viewer, limit=COUNTED + 1, unread=True))


def due(viewer: Viewer) -> int:
    """How many of the viewer's tasks and next steps are due by now, at most a hundred."""
    today = clock.today(settings.COMPANY_ZONE)
    if not viewer.may(queries.RIGHT):
        return 0
    tasks = len(queries.due_tasks(viewer, today, COUNTED + 1))
    return min(tasks + count_due(viewer, today, COUNTED + 1), COUNTED + 1)


@require_GET
def inbox_page(request: StaffRequest) -> HttpResponse:
    """What the user was told, latest first."""
    chosen = request.GET.get("show", "")
    items, after = inbox(request.viewer, _instant(request.GET.get("before", "")), chosen)
    parameters = {**({"show": chosen} if chosen else {}), "before": after.isoformat() if after else ""}  # fmt: skip
    context = {
        "title": _("Inbox"),
        "title_icon": "inbox",
        "tabs": _tabs(chosen),
        "items": items,
        "any_unread": any(one.unread for one in items),
        "next_url": f"?{urlencode(parameters)}" if after else "",
    }
    return render(request, "shell/inbox.html", context)


@require_POST
def read_notice(request: StaffRequest, pk: int) -> HttpResponse:
    """One of the notices was read."""
    notice_commands.read_notice(actor=request.viewer, notice_id=pk)
    return redirect("inbox")


@require_POST
def inbox_read(request: StaffRequest) -> HttpResponse:
    """Everything was read."""
    notice_commands.read_all(actor=request.viewer)
    return redirect("inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: StaffRequest) -> HttpResponse:
    """How the user wants to be told."""
    viewer = request.viewer
    own = settings_of(viewer)
    form = NoticeForm(
        request.POST if request.method == "POST" else None, initial={"hour": own.hour}
    )
    if form.is_bound and form.is_valid():
        ways = {kind: request.POST.getlist(kind) for kind in Notice.Kind.values}
        notice_commands.choose_ways(actor=viewer, ways=ways, hour=form.cleaned_data["hour"])
        messages.success(request, _("Saved."))
        return redirect("notice-settings")
    context = {
        "title": _("Notifications"),
        "title_icon": "bell",
        "trail": [{"label": _("Inbox"), "url": reverse("inbox")}],
        "form": form,
        "ways": LABELS.values(),
        "push_key": webpush.public_key(),
        "rows": [_row(own, kind, str(label)) for kind, label in Notice.Kind.choices],
    }
    return render(
        request, "shell/notice_settings.html", context, status=422 if form.errors else 200
    )


@require_POST
def push_browser(request: StaffRequest) -> HttpResponse:
    """Have news pushed to the browser that says so, or no longer."""
    given = {name: request.POST.get(name, "") for name in ("endpoint", "key", "auth")}
    if "end" in request.POST:
        notice_commands.stop_push(actor=request.viewer, endpoint=given["endpoint"])
    else:
        notice_commands.begin_push(actor=request.viewer, **given)
    return HttpResponse(status=204)


@require_GET
def push_worker(request: StaffRequest) -> HttpResponse:
    """What a browser runs while no page of ours is open; its reach is all of our pages."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript")


def _row(own: Any, kind: str, label: str) -> dict[str, Any]:
    chosen = ways_of(own, kind)
    boxes = [(way, f"{label}: {LABELS[way]}", way in chosen) for way in WAYS]
    return {"kind": kind, "label": label, "boxes": boxes}


def _tabs(chosen: str) -> list[NavigationItem]:
    names: list[tuple[str, Any]] = [("", _("All")), (UNREAD, _("Unread")), *SHORT.items()]
    url = reverse("inbox")
    return [
        NavigationItem(label, f"{url}?show={name}" if name else url, "", current=name == chosen)
        for name, label in names
    ]


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
