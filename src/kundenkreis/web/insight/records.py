"""What insight adds to records: the report of a campaign."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.uplift.queries import latest_report
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Button, Figure, extend
from kundenkreis.web.insight.report import key_figures


def report_figures(viewer: Viewer, campaign: Campaign) -> Iterable[Figure]:
    """What the campaign has shown until now; nothing before anybody saw it."""
    if viewer.may("insight.experiment.read"):
        report = latest_report(viewer, campaign.pk)
        if report is not None:
            yield from key_figures(campaign, report)


def report_button(viewer: Viewer, campaign: Campaign) -> Iterable[Button]:
    if campaign.started_at is not None and viewer.may("insight.experiment.read"):
        address = reverse("insight:experiment", args=[campaign.pk])
        yield Button(_("Report"), address, icon="flask-conical", primary=True)


extend("campaign", figures=report_figures, buttons=report_button)
