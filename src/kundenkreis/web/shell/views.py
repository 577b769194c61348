"""Home, the user's preferences, and the welcome to a new installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.crm.accounts.commands import change_settings
from kundenkreis.crm.accounts.queries import anybody
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.held import READ, held, on_trial
from kundenkreis.records.models import Mark
from kundenkreis.records.page.marks import marked
from kundenkreis.ui.furniture import THEMES
from kundenkreis.web.shell.first import let_first_administrator_in
from kundenkreis.web.shell.forms import FirstAdministrator
from kundenkreis.web.shell.home import my_day
from kundenkreis.web.shell.inbox import due, unread
from kundenkreis.web.shell.palette import groups

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest

FAVOURITES = 10
YEAR = 365 * 24 * 3600


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """My day."""
    return render(request, "shell/home.html", _today(request.viewer))


def _today(viewer: Viewer) -> dict[str, Any]:
    trial = {"on_trial": on_trial(), "may_outbox": viewer.may(READ)}
    return my_day(viewer) | trial


@require_GET
def palette(request: StaffRequest) -> HttpResponse:
    """What the palette shows for what was typed so far."""
    found = groups(request.viewer, request.GET.get("q", ""))
    return render(request, "shell/palette.html", {"groups": found})


@require_GET
def own(request: StaffRequest) -> HttpResponse:
    """What is the user's own in the navigation: favourites, and how much waits for them."""
    viewer = request.viewer
    lines = [
        {"name": str(record), "url": kind.url(record.pk), "square": kind.square}
        for kind, record, _mark in marked(viewer, Mark.What.STAR, FAVOURITES)
    ]
    counts = {"inbox": unread(viewer)}
    if viewer.may("crm.activity.read"):  # whoever may not has no such place in the navigation
        counts["tasks"] = due(viewer)
    context: dict[str, Any] = {"favourites": lines, "counts": counts, "held": held(viewer)}
    if viewer.may(READ) and on_trial():
        context["trial"] = reverse("operation:outbox")
    return render(request, "shell/own.html", context)


@require_POST
def preferences(request: StaffRequest) -> HttpResponse:
    """Keep the user's theme or keys, the page has changed already; or whether lists are for editing."""
    viewer, theme = request.viewer, request.POST.get("theme", "")
    if viewer.user_id is None:
        return HttpResponse(status=422)
    if "edits_lists" in request.POST:
        edits = request.POST["edits_lists"] == "on"
        change_settings(actor=viewer, user_id=viewer.user_id, edits_lists=edits)
        return HttpResponse(headers={"HX-Refresh": "true"})
    if "single_keys" in request.POST:
        keys = request.POST["single_keys"] == "on"
        change_settings(actor=viewer, user_id=viewer.user_id, single_keys=keys)
        return HttpResponse(status=204)
    if theme not in THEMES:
        return HttpResponse(status=422)
    change_settings(actor=viewer, user_id=viewer.user_id, theme=theme)
    return HttpResponse(status=204)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between German and English, for the user or, before the log-in, this browser."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponse(status=422)
    viewer = getattr(request, "viewer", None)
    if viewer is not None and viewer.user_id is not None:
        change_settings(actor=viewer, user_id=viewer.user_id, language=chosen)
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = redirect(back)
    secure = request.is_secure()
    name = settings.LANGUAGE_COOKIE_NAME
    answer.set_cookie(name, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    return answer


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Ask for the first administrator; there is no such page once somebody can log in."""
    if anybody():
        return redirect("home")
    form = FirstAdministrator(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            let_first_administrator_in(request, **form.cleaned_data)
            return redirect("operation:checklist")
        except DomainError as error:
            form.add_error(error.field or None, str(error))
    status = 422 if form.is_bound else 200
    return render(request, "shell/welcome.html", {"form": form}, status=status)


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process answers; says nothing else."""
    return HttpResponse("ok", content_type="text/plain")
