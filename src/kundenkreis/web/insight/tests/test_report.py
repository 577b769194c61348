"""What a report page says: nothing that looks like a result while there are too few people."""

from __future__ import annotations

import json

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kundenkreis.engage.campaigns.commands import create_campaign
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.variants import VariantValues
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
        "offer", 3, 0.9, 0.5, 0.1, 0.9, Relative(0.8, 0.2, 1.4),
        FixedLook(300, 700, 0.01, Relative(0.8, 0.5, 1.1)), verdict,
    )  # fmt: skip
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
    assert after["figures"][1].note == "+50% … +110%"  # of more purchases, too
    assert before["figures"][1].note == "no interval yet"
    anytime = report_page(campaign, {}, report(Verdict.POSITIVE), [], None)
    assert anytime["figures"][1].note == "+20% … +140%"
    said = render_to_string("insight/experiment_report.html#figures", {**after, "visit_share": 1})
    assert "one look at the first 2,000 people" in said
    assert "however often" not in said + "".join(after["notes"])


def several() -> tuple[Campaign, UpliftReport]:
    """Two offers and control: the first has won, of the second there are too few people."""
    variants = [
        VariantValues(slug, {"de": name, "en": name}, 1, {"title": {"de": "20 %"}})
        for slug, name in (("offer", "Discount"), ("b", "Shipping"))
    ]
    made = create_campaign(actor=ANNA, name="Cart", variants=variants)
    won = Row("offer", 300, 0.9, 0.5, 0.1, 0.9, Relative(0.8, 0.2, 1.4), None, Verdict.POSITIVE)
    few = Row("b", 9, 0.1, -0.3, -0.9, 0.3, Relative(-0.6, -1, 0.2), None, Verdict.TOO_FEW)
    rows = (Row("control", 300, 0.4), won, few)
    found = Found(
        outcomes=(OutcomeRows("purchases", rows), OutcomeRows("revenue", rows)),
        sample_ratio_p=None,
        verdict=Verdict.POSITIVE,
        warnings={},
        earned={name: IncrementalRevenue(4200, 100, 9000, "EUR") for name in ("offer", "b")},
        detectable=None,
    )
    arms = {"control": Arm(300, 99), "offer": Arm(300, 180), "b": Arm(9, 1)}
    result = json.loads(json.dumps(Report(found, Counted(arms)).dump()))
    campaign = Campaign.objects.prefetch_related("variants").get(pk=made.pk)
    return campaign, UpliftReport(campaign_id=made.pk, at=timezone.now(), result=result)


def test_of_several_offers_each_is_judged_against_the_control_group() -> None:
    campaign, made = several()
    with translation.override("en"):
        page = report_page(campaign, {}, made, [made, made], None)
        (line,) = experiment_rows([campaign], {campaign.pk: made})
        said = render_to_string(
            "insight/experiment_report.html#figures", {**page, "visit_share": 1}
        )
    first, second = page["comparisons"]
    assert [first["label"], first["tone"], first["figures"][0].value] == [
        "Discount",
        "green",
        "+80%",
    ]
    assert [second["label"], second["tone"]] == ["Shipping", "amber"]
    assert [figure.value for figure in second["figures"]] == ["–", "–", "–"]
    assert len(page["figures"]) == 1  # no figure that would be one offer's only
    assert [group["label"] for group in page["groups"]] == ["Control group", "Discount", "Shipping"]
    assert line.effect == "Discount +80% · Shipping –"
    assert line.verdict == page["verdict"] == "Discount: Higher than in the control group"
    heads = [said.index(f"<h2>{name}</h2>") for name in ("Discount", "Shipping")]
    assert heads[0] < said.index("+20% … +140%") < heads[1]


def test_the_chart_has_a_line_for_every_offer() -> None:
    campaign, made = several()
    page = report_page(campaign, {}, made, [made, made], None)
    assert [one["name"] for one in page["chart"]["series"]] == ["Discount", "Shipping"]
    assert page["chart"]["series"][1]["values"] == [-0.3, -0.3]
