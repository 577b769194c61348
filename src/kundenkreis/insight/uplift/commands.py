"""Keeping what a campaign earned."""

from __future__ import annotations

from datetime import datetime, timedelta

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.uplift.calculation import Calculation
from kundenkreis.insight.uplift.drafting import Draft, draft_report
from kundenkreis.insight.uplift.report import Found, Report
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command

DETAILED = timedelta(days=1)  # a report for each minute goes back so far


def refresh_report(*, actor: Actor, campaign: Campaign) -> UpliftReport:
    """Work the report out anew and keep it, at once; the running product does it in steps.

    Raises `DomainError` when the statistics fail.
    """
    draft = draft_report(campaign)
    return keep_report(actor=actor, draft=draft, found=Calculation(draft.given).answer())


@command
def keep_report(*, actor: Actor, draft: Draft, found: Found) -> UpliftReport:
    """Keep a report with what the statistics found.

    The last one of each minute stays as history; after a day, the last one of each hour.
    """
    actor.require("insight.experiment.compute")
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    here = store.rows(UpliftReport).filter(campaign_id=draft.campaign_id)
    store.discard(here.filter(at__gte=minute, at__lt=minute + timedelta(minutes=1)))
    _thin(draft.campaign_id, now)
    result = Report(found, draft.counted).dump()
    row = UpliftReport(campaign_id=draft.campaign_id, at=now, inputs=draft.inputs, result=result)
    return store.append(UpliftReport, [row])[0]


def _thin(campaign_id: int, now: datetime) -> None:
    """Keep one report of the hours that became older than a day since the last one was thinned."""
    end = (now - DETAILED).replace(minute=0, second=0, microsecond=0)
    old = store.rows(UpliftReport).filter(campaign_id=campaign_id, at__lt=end)
    rows = old.filter(at__gte=end - DETAILED).order_by("-at").values_list("pk", "at")
    seen: set[datetime] = set()
    extra = []
    for pk, at in rows:
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour in seen:
            extra.append(pk)
        seen.add(hour)
    store.discard(store.rows(UpliftReport).filter(pk__in=extra))
