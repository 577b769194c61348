"""Keeping the reports of running and recently ended campaigns up to date."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.uplift.commands import inputs_of, refresh_report
from kundenkreis.insight.uplift.queries import latest_inputs
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import system
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side

# Orders of the last window still come in after the end.
AFTERGLOW = timedelta(days=60)


@step(Side.CRM, every=2.0)
def refresh_reports() -> int:
    """Work out anew what changed; one campaign a round, the longest waiting first."""
    since = clock.now() - AFTERGLOW
    active = Q(state=Campaign.State.RUNNING) | Q(state=Campaign.State.ENDED, ended_at__gte=since)
    for campaign in Campaign.objects.filter(active).prefetch_related("variants").order_by("id"):
        if latest_inputs(campaign.pk) != inputs_of(campaign):
            refresh_report(actor=system("insight"), campaign=campaign)
            return 0  # the others wait for the next round, so that links and jobs get their turn
    return 0
