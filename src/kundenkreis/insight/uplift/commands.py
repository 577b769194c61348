"""Keeping what a campaign earned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.uplift.calculation import Calculation
from kundenkreis.insight.uplift.drafting import Draft, draft_report
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command


def refresh_report(*, actor: Actor, campaign: Campaign) -> UpliftReport:
    """Work the report out anew and keep it, at once; the running product does it in steps.

    Raises `DomainError` when the statistics fail.
    """
    draft = draft_report(campaign)
    return keep_report(actor=actor, draft=draft, found=Calculation(draft.given).answer())


@command
def keep_report(*, actor: Actor, draft: Draft, found: dict[str, Any]) -> UpliftReport:
    """Keep a report with what the statistics found; the last one of each minute stays as history."""
    actor.require("insight.experiment.compute")
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    here = store.rows(UpliftReport).filter(campaign_id=draft.campaign_id)
    store.discard(here.filter(at__gte=minute, at__lt=minute + timedelta(minutes=1)))
    row = UpliftReport(
        campaign_id=draft.campaign_id, at=now, inputs=draft.inputs, result={**found, **draft.extra}
    )
    return store.append(UpliftReport, [row])[0]
