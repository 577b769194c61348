"""Campaigns: the draft with its preview, start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.engage.campaigns import commands
from kundenkreis.engage.campaigns.errors import AlreadyRunning
from kundenkreis.kernel.errors import Conflict
from kundenkreis.records import named
from kundenkreis.web.engage.campaign_form import CampaignForm, initial
from kundenkreis.web.engage.choices import segment_names

if TYPE_CHECKING:
    from kundenkreis.engage.campaigns.models import Campaign
    from kundenkreis.records import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """A draft with its offer, on one page."""
    viewer = request.viewer
    viewer.require(kind.right("create"))
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        made = commands.create_campaign(
            actor=viewer,
            offer=form.offer(),
            control_percent=form.cleaned_data["control_percent"],
            **form.settings(),
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
    form = _form(request, initial(shown))
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_draft(
                actor=viewer,
                campaign_id=pk,
                control_percent=form.cleaned_data["control_percent"],
                offer=form.offer(),
                values=form.settings(),
                version=form.cleaned_data["version"],
            )
        except Conflict:
            form.overtaken(shown)
        else:
            return redirect(kind.url(pk))
    trail = [
        {"label": kind.title, "url": kind.url()}, {"label": str(shown), "url": kind.url(pk)}
    ]  # fmt: skip
    return _page(request, form, title=_("Draft"), trail=trail, cancel_url=kind.url(pk))


@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    commands.start_campaign(actor=request.viewer, campaign_id=pk)
    return redirect(named("campaign").url(pk))


@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    commands.end_campaign(actor=request.viewer, campaign_id=pk)
    return redirect(named("campaign").url(pk))


def _form(request: StaffRequest, known: dict[str, Any] | None = None) -> CampaignForm:
    data = request.POST if request.method == "POST" else None
    return CampaignForm(data, initial=known, segments=segment_names(request.viewer))


def _page(request: StaffRequest, form: CampaignForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context["form"] = form
    return render(request, "campaigns/campaign_draft.html", context, status=status)
