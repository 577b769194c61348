"""What a report page says: nothing that looks like a result while there are too few people."""

from __future__ import annotations

import json

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kundenkreis.engage.campaigns.commands import create_campaign
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.statistics import IncrementalRevenue, Relative, Verdict
from kundenkreis.insight.uplift.report import (
    Arm,
    Counted,
    FixedLook,
    Found,
    OutcomeRows,
    Report,
    Row,
)
from kundenkreis.kernel.testing import ANNA, ENGAGE
from kundenkreis.web.insight.report import experiment_rows, report_page

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def report(verdict: Verdict, *, fixed: bool = False) -> UpliftReport:
    row = Row(
        "offer", 3, 0.9, 0.5, 0.1, 0.9, Relative(0.8, 0.2, 1.4), FixedLook(300, 700, 0.01), verdict
    )
    arms = {"control": Arm(2, 1, orders=1, revenue=9600), "offer": Arm(3, 1, orders=1)}
    found = Found(
        outcomes=(OutcomeRows("purchases", (row,)), OutcomeRows("revenue", (row,))),
        sample_ratio_p=None,
        verdict=verdict,
        warnings={},
        earned={"offer": IncrementalRevenue(4200, 100, 9000, "EUR")},
        detectable=None,
    )
    result = json.loads(json.dumps(Report(found, Counted(arms, fixed=fixed)).dump()))
    return UpliftReport(campaign_id=1, at=timezone.now(), result=result)


def figures(verdict: Verdict) -> list[str]:
    campaign = create_campaign(actor=ANNA, name="Cart", segment_id=None, offer={})
    campaign = Campaign.objects.prefetch_related("variants").get(pk=campaign.pk)
    made = report(verdict)
    with translation.override("en"):
        page = report_page(campaign, {}, made, [], None)
        (line,) = experiment_rows([campaign], {campaign.pk: made})
    return [line.effect, *(figure.value for figure in page["figures"])]


def test_too_few_people_show_no_effect_anywhere() -> None:
    assert figures(Verdict.TOO_FEW) == ["–", "5", "–", "–", "–"]


def test_with_enough_people_the_effect_is_shown() -> None:
    assert figures(Verdict.POSITIVE)[:3] == ["+80%", "5", "+80%"]


def test_a_look_that_was_settled_beforehand_is_announced_and_then_named() -> None:
    campaign = create_campaign(actor=ANNA, name="Cart", offer={}, horizon=2000)
    before = report_page(campaign, {}, report(Verdict.TOO_FEW), [], None)
    assert "once, after 2,000 people per group" in "".join(before["notes"])
    assert not before["read_once"]
    after = report_page(campaign, {}, report(Verdict.POSITIVE, fixed=True), [], None)
    assert after["read_once"]
    assert "€3.00" in after["figures"][2].note  # its own interval, not the wider one
    said = render_to_string("insight/experiment_report.html#figures", {**after, "visit_share": 1})
    assert "one look at the first 2,000 people" in said
    assert "however often" not in said + "".join(after["notes"])
