"""Campaigns: the draft with its preview, start and end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.engage.campaigns import commands
from kundenkreis.engage.campaigns.errors import AlreadyRunning
from kundenkreis.kernel.errors import Conflict
from kundenkreis.records import named
from kundenkreis.web.engage import draft_form
from kundenkreis.web.engage.choices import segment_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from kundenkreis.engage.campaigns.models import Campaign
    from kundenkreis.records import RecordType
    from kundenkreis.records.requests import StaffRequest
    from kundenkreis.web.engage.draft_form import DraftForm, Segments


@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """A draft with its offers, on one page."""
    viewer = request.viewer
    viewer.require(kind.right("create"))
    form = _form(request, draft_form.empty)
    if request.method == "POST" and form.is_valid():
        made = commands.create_campaign(
            actor=viewer,
            variants=form.values(),
            control_percent=form.settings.cleaned_data["control_percent"],
            **form.settings.settings(),
        )
        return redirect(kind.url(made.pk))
    trail = [{"label": kind.title, "url": kind.url()}]
    return _page(request, form, title=_("New campaign"), trail=trail, cancel_url=kind.url())


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """The same for a draft that is there."""
    kind, viewer = named("campaign"), request.viewer
    shown: Campaign = kind.one(viewer, pk)
    viewer.require_for(kind.right("change"), shown)
    if shown.state != shown.State.DRAFT:
        raise AlreadyRunning
    form = _form(request, partial(draft_form.stored, shown))
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_draft(
                actor=viewer,
                campaign_id=pk,
                control_percent=form.settings.cleaned_data["control_percent"],
                variants=form.values(),
                values=form.settings.settings(),
                version=form.settings.cleaned_data["version"],
            )
        except Conflict:
            form.settings.overtaken(shown)
        else:
            return redirect(kind.url(pk))
    trail = [
        {"label": kind.title, "url": kind.url()}, {"label": str(shown), "url": kind.url(pk)}
    ]  # fmt: skip
    return _page(request, form, title=_("Edit the draft"), trail=trail, cancel_url=kind.url(pk))


@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    commands.start_campaign(actor=request.viewer, campaign_id=pk)
    return redirect(named("campaign").url(pk))


@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    commands.end_campaign(actor=request.viewer, campaign_id=pk)
    return redirect(named("campaign").url(pk))


def _form(request: StaffRequest, otherwise: Callable[[Segments], DraftForm]) -> DraftForm:
    """What was sent; what was typed, with an offer more or less; or what it begins with."""
    segments = segment_names(request.viewer)
    if request.method != "POST":
        return otherwise(segments)
    return draft_form.rearranged(request.POST, segments) or draft_form.sent(request.POST, segments)


def _page(request: StaffRequest, form: DraftForm, **context: Any) -> HttpResponse:
    context["draft"] = form
    status = 422 if form.wrong() else 200
    return render(request, "campaigns/campaign_draft.html", context, status=status)
