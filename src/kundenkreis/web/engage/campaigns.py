"""Campaigns: list, draft with preview, start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.engage.campaigns import commands, queries
from kundenkreis.kernel.errors import Conflict
from kundenkreis.web.engage.campaign_form import CampaignForm, first_offer, initial, shown_texts
from kundenkreis.web.engage.choices import segment_names
from kundenkreis.web.engage.evidence import power_sentence
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kundenkreis.kernel.access import Viewer


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    shown = queries.newest_campaigns(viewer)
    context = {
        "campaigns": shown,
        "segments": dict(segment_names(viewer)),
        "title_icon": "megaphone",
    }
    return render(request, "engage/campaign_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    viewer.require("engage.campaign.create")
    form = _form(request, viewer)
    if request.method == "POST" and form.is_valid():
        made = commands.create_campaign(
            actor=viewer,
            offer=form.offer(),
            control_percent=form.cleaned_data["control_percent"],
            **form.settings(),
        )
        return redirect("engage:campaign", made.pk)
    context = {"form": form, "trail": _trail()}
    return render(request, "engage/campaign_form.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    shown = queries.campaign(viewer, campaign_id)
    form = _form(request, viewer, start=initial(shown))
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_draft(
                actor=viewer,
                campaign_id=campaign_id,
                control_percent=form.cleaned_data["control_percent"],
                offer=form.offer(),
                values=form.settings(),
                version=form.cleaned_data["version"],
            )
        except Conflict:
            form.overtaken(shown)
        else:
            return redirect("engage:campaign", campaign_id)
    offer = first_offer(shown)
    context = {
        "campaign": shown,
        "trail": _trail(),
        "form": form,
        "offer": offer,
        "texts": shown_texts(offer) if offer else {},
        "segment": dict(segment_names(viewer)).get(shown.segment_id or 0, ""),
        "power": power_sentence(viewer, shown),
    }
    template = "campaign_form.html" if shown.state == shown.State.DRAFT else "campaign_detail.html"
    return render(request, f"engage/{template}", context, status=_status(form))


@require_POST
def start(request: HttpRequest, campaign_id: int) -> HttpResponse:
    commands.start_campaign(actor=viewer_of(request), campaign_id=campaign_id)
    return redirect("engage:campaign", campaign_id)


@require_POST
def end(request: HttpRequest, campaign_id: int) -> HttpResponse:
    commands.end_campaign(actor=viewer_of(request), campaign_id=campaign_id)
    return redirect("engage:campaign", campaign_id)


def _form(
    request: HttpRequest, viewer: Viewer, start: dict[str, object] | None = None
) -> CampaignForm:
    data = request.POST if request.method == "POST" else None
    return CampaignForm(data, initial=start, segments=segment_names(viewer))


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Campaigns"), "url": reverse("engage:campaigns")}]


def _status(form: CampaignForm) -> int:
    return 422 if form.is_bound and form.errors else 200
