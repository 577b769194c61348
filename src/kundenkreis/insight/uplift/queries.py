"""Reports of experiments, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Subquery

from kundenkreis.insight.models import UpliftReport
from kundenkreis.kernel.access import Viewer


def latest_report(viewer: Viewer, campaign_id: int) -> UpliftReport | None:
    """The newest report of a campaign, None before the first exposure was worked out."""
    viewer.require("insight.experiment.read")
    return _newest_first(campaign_id).first()


def report_history(viewer: Viewer, campaign_id: int, limit: int = 200) -> list[UpliftReport]:
    """How the figure moved: up to `limit` of the newest reports, oldest first."""
    viewer.require("insight.experiment.read")
    return list(reversed(_newest_first(campaign_id)[:limit]))


def latest_reports(viewer: Viewer, campaign_ids: list[int]) -> dict[int, UpliftReport]:
    """The newest report of each campaign, for lists; up to 200 campaigns."""
    viewer.require("insight.experiment.read")
    return newest_reports(campaign_ids[:200])


def newest_reports(campaign_ids: Sequence[int]) -> dict[int, UpliftReport]:
    """The newest report of each campaign that has one, in one query."""
    # One look into the index per campaign; grouping would read the whole history of each.
    newest: list[Any] = [Subquery(_newest_first(pk).values("pk")[:1]) for pk in set(campaign_ids)]
    found = UpliftReport.objects.filter(pk__in=newest)
    return {report.campaign_id: report for report in found}


def _newest_first(campaign_id: int) -> QuerySet[UpliftReport]:
    return UpliftReport.objects.filter(campaign_id=campaign_id).order_by("-at", "-id")
