"""Where somebody is logged in: one's own sessions, and for administrators those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundenkreis.crm.accounts import session_commands, session_queries
from kundenkreis.crm.accounts.sessions import device_name, handle
from kundenkreis.records import named

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest


@require_safe
def session_list(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The sessions of somebody, else one's own."""
    viewer, kind = request.viewer, named("user")
    user_id = pk or viewer.user_id or 0
    found = session_queries.sessions(viewer, user_id)
    lines = [
        {
            "handle": handle(one.session_key),
            "device": device_name(one.device) or _("Unknown device"),
            "network": one.network,
            "began_at": one.began_at,
            "seen_at": one.seen_at,
            "this": one.session_key == request.session.session_key,
        }
        for one in found
    ]
    context: dict[str, Any] = {
        "title": _("Sessions"),
        "title_icon": "monitor-smartphone",
        "sessions": lines,
        "others": sum(not one["this"] for one in lines),
        "end_url": reverse("user-sessions-end", args=[user_id]),
    }
    if pk is not None:
        person = kind.one(viewer, pk)
        context |= {
            "person": person,
            "trail": [
                {"label": kind.title, "url": kind.url()},
                {"label": str(person), "url": kind.url(pk)},
            ],
        }
    return render(request, "accounts/session_list.html", context)


@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """End one session, or all but the one that asks."""
    viewer, one = request.viewer, request.POST.get("session", "")
    if one:
        session_commands.end_session(actor=viewer, user_id=pk, session=one)
        messages.success(request, _("The session has ended."))
    else:
        but = request.session.session_key or ""
        count = session_commands.end_sessions(actor=viewer, user_id=pk, but=but)
        messages.success(request, _("Sessions ended: %(count)s.") % {"count": count})
    return redirect("session-list" if pk == viewer.user_id else reverse("user-sessions", args=[pk]))
