"""What a report rests on, as a fingerprint that is cheap enough to ask for every few seconds."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from kundenkreis.crm.sales.models import Order
from kundenkreis.engage.campaigns.models import Campaign, Exposure
from kundenkreis.engage.profiles.models import ProfileMerge
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.uplift.report import Counted

NEWEST = 100


def common_inputs() -> str:
    """What all reports rest on: the orders, and which profiles turned out to be one person."""
    # Not the newest alone: a transaction that began before it may be committed after it.
    orders = Order.objects.order_by("-changed_at", "-id").values_list("pk", "version")
    merges = ProfileMerge.objects.order_by("-id").values_list("pk", flat=True)
    return json.dumps([list(orders[:NEWEST]), list(merges[:NEWEST])])


def inputs_of(campaign: Campaign, common: str) -> str:
    """The fingerprint of everything that is entered or happens and a campaign's report rests on.

    `common`: from `common_inputs`, the same for all campaigns. Time is no part of it: see `stale`.
    """
    exposures = Exposure.objects.filter(campaign_id=campaign.pk).count()
    variants = sorted((variant.pk, variant.version) for variant in campaign.variants.all())
    text = json.dumps([campaign.pk, campaign.version, variants, exposures, common])
    return hashlib.sha256(text.encode()).hexdigest()


def stale(report: UpliftReport | None, inputs: str, now: datetime) -> bool:
    """Whether a report must be worked out anew: its inputs changed, or its one look became due."""
    if report is None or report.inputs != inputs:
        return True
    due_at = Counted.read(report.result).due_at
    return due_at is not None and due_at <= now
