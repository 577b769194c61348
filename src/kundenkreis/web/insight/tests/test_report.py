"""What a report page says: nothing that looks like a result while there are too few people."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone, translation

from kundenkreis.engage.campaigns.commands import create_campaign
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.statistics import Verdict
from kundenkreis.kernel.testing import ANNA, ENGAGE
from kundenkreis.web.insight.report import experiment_rows, report_page

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def report(verdict: Verdict) -> UpliftReport:
    row: dict[str, Any] = {
        "name": "offer", "effect": 0.5, "low": 0.1, "high": 0.9,
        "relative": {"effect": 0.8, "low": 0.2, "high": 1.4},
    }  # fmt: skip
    arm = {"people": 2, "buyers": 1, "orders": 1, "revenue": 9600}
    result = {
        "verdict": verdict.value, "arms": {"control": arm, "offer": {**arm, "people": 3}},
        "outcomes": [{"name": "bought", "variants": [row]}, {"name": "revenue", "variants": [row]}],
        "earned": {"offer": {"amount_minor": 4200, "low_minor": 100, "high_minor": 9000}},
        "warnings": {}, "detectable": None, "mixed": 0, "other_currency": 0,
    }  # fmt: skip
    return UpliftReport(campaign_id=1, at=timezone.now(), result=result)


def figures(verdict: Verdict) -> list[str]:
    campaign = create_campaign(actor=ANNA, name="Cart", segment_id=None, offer={})
    campaign = Campaign.objects.prefetch_related("variants").get(pk=campaign.pk)
    made = report(verdict)
    with translation.override("en"):
        page = report_page(campaign, {}, made, [], None)
        (line,) = experiment_rows([campaign], {campaign.pk: made})
    return [line.effect, *(figure["value"] for figure in page["figures"])]


def test_too_few_people_show_no_effect_anywhere() -> None:
    assert figures(Verdict.TOO_FEW) == ["–", "5", "–", "–", "–"]


def test_with_enough_people_the_effect_is_shown() -> None:
    assert figures(Verdict.POSITIVE)[:3] == ["+80%", "5", "+80%"]
