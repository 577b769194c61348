"""Experiments: the list, and the live report of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kundenkreis.engage.campaigns import queries as campaigns
from kundenkreis.engage.tracking.queries import visit_share
from kundenkreis.insight.uplift.queries import latest_report, latest_reports, report_history
from kundenkreis.web.insight.report import experiment_rows, report_page
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def experiments(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    shown = campaigns.newest_campaigns(viewer)
    reports = latest_reports(viewer, [campaign.pk for campaign in shown])
    return render(
        request, "insight/experiment_list.html", {"rows": experiment_rows(shown, reports)}
    )


@require_safe
def experiment(request: HttpRequest, campaign_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    campaign = campaigns.campaign(viewer, campaign_id)
    page = report_page(
        campaign,
        campaigns.figures(viewer, campaign_id),
        latest_report(viewer, campaign_id),
        report_history(viewer, campaign_id),
        visit_share(viewer, since=campaign.started_at),
    )
    page["trail"] = [{"label": _("Experiments"), "url": reverse("insight:experiments")}]
    # The live page asks for its figures alone every few seconds.
    part = "#figures" if request.headers.get("HX-Request") else ""
    return render(request, f"insight/experiment_report.html{part}", page)
