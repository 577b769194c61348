"""The page of a draft with several offers: added, weighed, named, previewed, removed, undone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from kundenkreis.engage.campaigns import commands as campaigns
from kundenkreis.engage.campaigns.models import Campaign, Offer, Variant
from kundenkreis.engage.campaigns.variants import names_of
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.engage.evidence import power_sentence
from kundenkreis.web.engage.tests.test_pages import CAMPAIGN, make_campaign, make_segment
from kundenkreis.web.engage.tests.test_records import undo_latest

pytestmark = pytest.mark.django_db(databases=BOTH)

SECOND = {
    "b-label_de": "Versand", "b-label_en": "Shipping", "b-weight": "3",
    "b-title_de": "Versand frei", "b-title_en": "Free shipping", "b-voucher": "SHIP",
}  # fmt: skip
TWO = {
    **CAMPAIGN,
    "label_de": "Nachlass",
    "label_en": "Discount",
    **SECOND,
    "variant": ["offer", "b"],
}


def slugs() -> set[str]:
    return set(Variant.objects.values_list("slug", flat=True))


def test_a_campaign_is_made_with_two_offers_and_shows_both_with_their_shares(anna: Client) -> None:
    made = anna.post("/engage/campaigns/new/", TWO)
    assert made.status_code == 302
    page = anna.get(made.headers["Location"]).content.decode()
    for words in ("Discount", "20 % for you", "12.5%", "Shipping", "Free shipping", "37.5%"):
        assert words in page, words
    assert page.count("<kk-offer-preview") == 2


def test_an_offer_is_added_to_the_form_with_everything_typed_and_nothing_saved(
    anna: Client,
) -> None:
    campaign = make_campaign(anna)
    address = f"/engage/campaigns/{campaign.pk}/draft/"
    alone = anna.get(address).content.decode()
    assert 'type="hidden" name="weight"' in alone
    answer = anna.post(address, {**CAMPAIGN, "voucher": "TYPED", "variant": "offer", "add": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "TYPED" in page
    assert 'name="b-title_de"' in page
    assert 'type="hidden" name="weight"' not in page
    assert page.count("25.0%") == 2
    assert slugs() == {"offer", "control"}


def test_an_offer_is_dropped_from_the_form_and_gone_when_it_is_saved(anna: Client) -> None:
    campaign = make_campaign(anna)
    address = f"/engage/campaigns/{campaign.pk}/draft/"
    assert anna.post(address, TWO).status_code == 302
    assert 'value="SHIP"' in anna.get(address).content.decode()
    page = anna.post(address, {**TWO, "drop": "offer"}).content.decode()
    assert 'value="SHIP"' in page
    assert 'name="title_de"' not in page
    assert slugs() == {"offer", "b", "control"}
    assert anna.post(address, {**CAMPAIGN, **SECOND, "variant": "b"}).status_code == 302
    assert slugs() == {"b", "control"}
    assert Offer.objects.get().voucher == "SHIP"


def test_there_are_five_offers_at_most(anna: Client) -> None:
    five = {**CAMPAIGN, "variant": ["offer", "b", "c", "d", "e"], "add": "1"}
    page = anna.post("/engage/campaigns/new/", five).content.decode()
    assert page.count('name="variant"') == 5
    assert "too small to tell apart" in page


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"b-title_de": ""}, "required"), ({"b-weight": "0"}, "greater than or equal"),
     ({"b-label_en": "Discount"}, "Another group has this name")],
)  # fmt: skip
def test_a_mistake_in_one_offer_is_said_there_and_nothing_is_saved(
    anna: Client, wrong: dict[str, str], why: str
) -> None:
    answer = anna.post("/engage/campaigns/new/", {**TWO, **wrong})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Campaign.objects.exists()


def test_adding_an_offer_is_undone_as_one_until_the_start_and_never_after(anna: Client) -> None:
    segment, campaign = make_segment(anna), make_campaign(anna)
    address = f"/engage/campaigns/{campaign.pk}/draft/"
    two = {**TWO, "segment_id": str(segment.pk)}
    anna.post(address, two)
    undo_latest(anna, "campaign", campaign)
    assert slugs() == {"offer", "control"}
    anna.post(address, two)
    anna.post(f"/engage/segments/{segment.pk}/activate/")
    campaigns.start_campaign(actor=SYSTEM, campaign_id=campaign.pk)
    before = list(Variant.objects.order_by("pk").values_list("slug", "weight"))
    entries = undo_of_the_save(anna)
    assert "has started" in entries or "in use by now" in entries
    assert list(Variant.objects.order_by("pk").values_list("slug", "weight")) == before


def test_a_removed_offer_does_not_come_back_into_a_campaign_that_has_started(anna: Client) -> None:
    segment, campaign = make_segment(anna), make_campaign(anna)
    address = f"/engage/campaigns/{campaign.pk}/draft/"
    settings = {"segment_id": str(segment.pk)}
    anna.post(address, {**TWO, **settings})
    anna.post(address, {**CAMPAIGN, **settings})
    assert slugs() == {"offer", "control"}
    anna.post(f"/engage/segments/{segment.pk}/activate/")
    campaigns.start_campaign(actor=SYSTEM, campaign_id=campaign.pk)
    undo_of_the_save(anna)
    assert slugs() == {"offer", "control"}


def undo_of_the_save(anna: Client) -> str:
    """Take back what the latest save of the draft did, though it was started since."""
    entries = AuditEntry.objects.using("engage").filter(target__startswith="engage.variant:")
    batch = entries.order_by("-id").values_list("batch", flat=True)[0]
    return anna.post(f"/engage/campaigns/undo/{batch}/", follow=True).content.decode()


@pytest.mark.parametrize("odd", ["9" * 400, "9" * 5_000, "250", "-3", "viel"])
def test_odd_numbers_in_the_form_are_refused_and_no_share_leaves_0_to_100_percent(
    anna: Client, odd: str
) -> None:
    for name in ("control_percent", "b-weight"):
        answer = anna.post("/engage/campaigns/new/", {**TWO, name: odd})
        assert answer.status_code == 422
        page = answer.content.decode()
        shares = [float(one) for one in re.findall(r"<b data-field[^>]*>([^<]+)%</b>", page)]
        assert len(shares) == 3
        assert all(0 <= share <= 100 for share in shares)
        assert (
            anna.post("/engage/campaigns/new/", {**TWO, name: odd, "add": "1"}).status_code == 200
        )
    assert not Campaign.objects.exists()


def test_before_the_start_a_registered_look_is_judged_by_its_own_interval(anna: Client) -> None:
    anna.post("/engage/campaigns/new/", {**TWO, "horizon": "5000"})
    campaign = Campaign.objects.prefetch_related("variants__offer").get()
    look = power_sentence(campaign)
    # 10 % buy; two offers, so each interval has half of the allowed error: z = 2.2414 + 0.8416.
    assert "after 5,000 people per group, you can detect 19% more" in look
    assert "About 40,000 people must see" in look  # the smallest group gets an eighth
    campaign.horizon = None
    assert "With 10,000 people you can detect 45%" in power_sentence(campaign)


def test_the_page_of_a_draft_says_so_once(anna: Client) -> None:
    campaign = make_campaign(anna)
    page = anna.get(f"/engage/campaigns/{campaign.pk}/draft/").content.decode()
    assert page.count(">Draft<") == 0
    assert "Edit the draft" in page


def test_an_offer_that_is_named_in_one_language_is_called_so_in_the_other(anna: Client) -> None:
    only = {"label_de": "Nachlass", "label_en": "Offer", "b-label_de": "Versand", "b-label_en": ""}
    anna.post("/engage/campaigns/new/", {**TWO, **only})
    labels = {one.slug: one.label for one in Variant.objects.all()}
    assert labels["offer"] == {"de": "Nachlass"}
    assert labels["b"] == {"de": "Versand"}
    page = anna.get(f"/engage/campaigns/{Campaign.objects.get().pk}/").content.decode()
    assert "Nachlass" in page


def test_three_groups_of_names_that_look_like_made_ones_are_told_apart() -> None:
    labels = ("X (c)", "X", "X")
    variants = [
        Variant(slug=slug, label={"de": label})
        for slug, label in zip(("a", "b", "c"), labels, strict=True)
    ]
    assert len(set(names_of(variants).values())) == 3
