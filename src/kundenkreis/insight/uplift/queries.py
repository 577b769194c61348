"""Reports of experiments, as pages show them."""

from __future__ import annotations

from kundenkreis.insight.models import UpliftReport
from kundenkreis.kernel.access import Viewer


def latest_report(viewer: Viewer, campaign_id: int) -> UpliftReport | None:
    """The newest report of a campaign, None before the first exposure was worked out."""
    viewer.require("insight.experiment.read")
    return UpliftReport.objects.filter(campaign_id=campaign_id).order_by("-at", "-id").first()


def report_history(viewer: Viewer, campaign_id: int, limit: int = 200) -> list[UpliftReport]:
    """How the figure moved: up to `limit` of the newest reports, oldest first."""
    viewer.require("insight.experiment.read")
    newest = UpliftReport.objects.filter(campaign_id=campaign_id).order_by("-at", "-id")[:limit]
    return list(reversed(newest))


def latest_reports(viewer: Viewer, campaign_ids: list[int]) -> dict[int, UpliftReport]:
    """The newest report of each campaign, for lists."""
    viewer.require("insight.experiment.read")
    found = (latest_report(viewer, campaign_id) for campaign_id in campaign_ids[:200])
    return {report.campaign_id: report for report in found if report is not None}


def latest_inputs(campaign_id: int) -> str | None:
    """The fingerprint the newest report of a campaign was worked out from."""
    newest = UpliftReport.objects.filter(campaign_id=campaign_id).order_by("-at", "-id")
    return newest.values_list("inputs", flat=True).first()
