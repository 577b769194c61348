"""A draft has several offers, each with its own weight and texts; they are frozen at the start."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.engage.campaigns import commands
from kundenkreis.engage.campaigns.assignment import choose
from kundenkreis.engage.campaigns.decisions import decide
from kundenkreis.engage.campaigns.errors import AlreadyRunning, NotStartable, UnfitVariants
from kundenkreis.engage.campaigns.models import Campaign, Offer, Variant
from kundenkreis.engage.campaigns.queries import running_campaigns
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign, make_profiles
from kundenkreis.engage.campaigns.variants import SLUGS, VariantValues
from kundenkreis.engage.segments.models import Membership
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def values(slug: str, title: str = "", weight: int = 1) -> VariantValues:
    label = {"de": f"Gruppe {slug}", "en": f"Group {slug}"}
    return VariantValues(slug, label, weight, {"title": {"de": title}, "voucher": slug.upper()})


TWO = [values("offer", "20 %", 2), values("b", "Versand frei")]


def change(campaign: Campaign, variants: list[VariantValues], **changes: Any) -> None:
    wanted: dict[str, Any] = {"control_percent": 40, "values": {}, **changes}
    actor = wanted.pop("actor", ANNA)
    commands.change_draft(actor=actor, campaign_id=campaign.pk, variants=variants, **wanted)


def shares(campaign: Campaign) -> dict[str, float]:
    weights = dict(Variant.objects.filter(campaign=campaign).values_list("slug", "weight"))
    return {slug: weight / sum(weights.values()) for slug, weight in weights.items()}


def test_a_draft_gets_another_offer_and_loses_it_again() -> None:
    campaign = make_campaign(started=False)
    change(campaign, TWO)
    assert shares(campaign) == pytest.approx({"offer": 0.4, "b": 0.2, "control": 0.4})
    assert Offer.objects.get(variant__slug="b").title == {"de": "Versand frei"}
    change(campaign, TWO[1:])
    assert shares(campaign) == pytest.approx({"b": 0.6, "control": 0.4})
    assert Offer.objects.get().voucher == "B"


def test_of_several_offers_only_the_changed_one_is_written() -> None:
    campaign = make_campaign(started=False)
    change(campaign, TWO)
    before = dict(Offer.objects.values_list("variant__slug", "version"))
    version = Campaign.objects.get().version
    change(campaign, [TWO[0], values("b", "Geschenk")])
    after = dict(Offer.objects.values_list("variant__slug", "version"))
    assert after == {"offer": before["offer"], "b": before["b"] + 1}
    assert Campaign.objects.get().version == version + 1
    assert Offer.objects.get(variant__slug="offer").title == {"de": "20 %"}


@pytest.mark.parametrize(
    "variants",
    [[], [values("control")], [values("b"), values("b")], [values("offer", weight=0)],
     [values("offer", weight=51)], [values(slug) for slug in (*SLUGS, "f")]],
)  # fmt: skip
def test_what_could_not_be_told_apart_is_refused_and_changes_nothing(
    variants: list[VariantValues],
) -> None:
    campaign = make_campaign(started=False)
    before = shares(campaign)
    with pytest.raises(UnfitVariants):
        change(campaign, variants, values={"name": "Other"})
    assert shares(campaign) == before
    assert Campaign.objects.get().name == "Cart"


def test_who_may_not_change_a_campaign_adds_no_offer() -> None:
    campaign = make_campaign(started=False)
    with pytest.raises(NotAllowed):
        change(campaign, TWO, actor=CARLA)
    assert "b" not in shares(campaign)


def test_it_does_not_start_while_one_of_its_offers_has_no_title() -> None:
    campaign = make_campaign(started=False)
    change(campaign, [TWO[0], values("b")])
    with pytest.raises(NotStartable) as refused:
        commands.start_campaign(actor=ANNA, campaign_id=campaign.pk)
    assert "“Group b”" in str(refused.value.why)


def test_its_offers_are_frozen_at_the_start() -> None:
    campaign = make_campaign(started=False)
    change(campaign, TWO)
    commands.start_campaign(actor=ANNA, campaign_id=campaign.pk)
    before = shares(campaign)
    for variants in (TWO[:1], [*TWO, values("c", "Neu")], [values("offer", "Neu", 2), TWO[1]]):
        with pytest.raises(AlreadyRunning):
            change(campaign, variants)
    assert shares(campaign) == before
    assert not Offer.objects.filter(title={"de": "Neu"}).exists()


def test_everybody_sees_the_offer_of_their_own_group() -> None:
    campaign = make_campaign(started=False)
    change(campaign, TWO)
    commands.start_campaign(actor=ANNA, campaign_id=campaign.pk)
    people, segment_id = make_profiles(60), campaign.segment_id
    assert segment_id is not None
    with store.group(Side.ENGAGE, "test"):
        now = clock.now()
        store.append(
            Membership,
            [Membership(segment_id=segment_id, profile_id=pk, entered_at=now) for pk in people],
        )
    seen: dict[str, set[tuple[bool, str]]] = {}
    for pk in people:
        (decision,) = decide(pk, running_campaigns())
        seen.setdefault(decision.variant.slug, set()).add((decision.show, decision.offer.voucher))
    assert seen["offer"] == {(True, "OFFER")}
    assert seen["b"] == {(True, "B")}
    assert {show for show, _voucher in seen["control"]} == {False}


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=5), st.integers(1, 90), st.integers(0, 10**6)
)
def test_the_shares_of_people_follow_the_weights(
    weights: list[int], control: int, salt: int
) -> None:
    arms = [Variant(slug=slug, weight=weight * (100 - control))
            for slug, weight in zip(SLUGS, weights, strict=False)]  # fmt: skip
    arms.append(Variant(slug="control", weight=control * sum(weights)))
    people = 2_000
    drawn = [choose(arms, salt=str(salt), subject=person).slug for person in range(people)]
    for arm in arms:
        share = arm.weight / (100 * sum(weights))
        # Five and a half standard errors: less than one of many million draws lies outside.
        room = 5.5 * (share * (1 - share) / people) ** 0.5 + 2 / people
        assert abs(drawn.count(arm.slug) / people - share) <= room
