"""Keeping reports up to date without standing in anybody's way.

The statistics take a second or two in a child process; it is started in one step of the loop and
its answer is collected in a later one, between which links and jobs get their turn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.uplift.calculation import Calculation
from kundenkreis.insight.uplift.commands import keep_report
from kundenkreis.insight.uplift.drafting import Draft, draft_report
from kundenkreis.insight.uplift.inputs import common_inputs, inputs_of, stale
from kundenkreis.insight.uplift.queries import newest_reports
from kundenkreis.insight.uplift.report import Given
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import system

# Cancellations of the last window's orders still come in after it.
AFTERGLOW = timedelta(days=60)
RETRY = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)


class Reporter:
    """One report at a time; the campaign whose last attempt is the longest ago comes first.

    `calculate` starts the statistics.
    """

    def __init__(self, calculate: Callable[[Given], Calculation] = Calculation) -> None:
        self._calculate = calculate
        self._current: tuple[Draft, Calculation] | None = None
        self._tried: dict[int, datetime] = {}
        self._failed: set[int] = set()

    def begin(self) -> int:
        """Start working out the next report that is not up to date, unless one is in progress."""
        campaign = None if self._current else self._next(clock.now())
        if campaign is None:
            return 0
        self._tried[campaign.pk] = clock.now()
        self._failed.add(campaign.pk)  # until it has succeeded
        draft = draft_report(campaign)
        self._current = draft, self._calculate(draft.given)
        return 0

    def busy(self) -> bool:
        """Whether a report is being worked out."""
        return self._current is not None

    def collect(self) -> int:
        """Keep the report that was worked out; 0 while there is none. Raises what went wrong."""
        if self._current is None or self._current[1].running():
            return 0
        (draft, calculation), self._current = self._current, None
        keep_report(actor=system("insight"), draft=draft, found=calculation.answer())
        self._failed.discard(draft.campaign_id)
        return 1

    def _next(self, now: datetime) -> Campaign | None:
        campaigns = {campaign.pk: campaign for campaign in followed_campaigns(now)}
        reports, common = newest_reports(list(campaigns)), common_inputs()
        kept = {pk: report.at for pk, report in reports.items()}
        last = {pk: self._tried.get(pk) or kept.get(pk) or NEVER for pk in campaigns}
        for pk in sorted(campaigns, key=lambda pk: (last[pk], pk)):
            if pk in self._failed and now < last[pk] + RETRY:
                continue
            if stale(reports.get(pk), inputs_of(campaigns[pk], common), now):
                return campaigns[pk]
        return None


def followed_campaigns(now: datetime) -> list[Campaign]:
    """Campaigns whose result can still change: running, or ended not long before."""
    begun = Campaign.objects.exclude(state=Campaign.State.DRAFT).prefetch_related("variants")
    return [
        campaign
        for campaign in begun.order_by("id")
        if campaign.ended_at is None
        or now <= campaign.ended_at + timedelta(hours=campaign.window_hours) + AFTERGLOW
    ]
