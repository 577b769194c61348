from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.sales.models import Order
from kundenkreis.engage.campaigns.models import Campaign, Exposure, Variant
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.insight.uplift.commands import refresh_report
from kundenkreis.insight.uplift.outcomes import outcomes
from kundenkreis.insight.uplift.people import exposed_people, registered_look
from kundenkreis.insight.uplift.queries import latest_report
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def arms(campaign: Campaign) -> tuple[Variant, Variant]:
    offer, control = sorted(campaign.variants.all(), key=lambda variant: variant.is_control)
    return offer, control


def expose(
    campaign: Campaign, variant: Variant, *, at: datetime = NOON, profile: Profile | None = None
) -> Profile:
    with store.group(Side.ENGAGE, "test"):
        profile = profile or store.create(ANNA, Profile, link_id=uuid.uuid4())
        store.append(
            Exposure,
            [Exposure(campaign_id=campaign.pk, profile_id=profile.pk, variant_id=variant.pk,
                      shown=not variant.is_control, at=at)],
        )  # fmt: skip
    return profile


def order(profile: Profile, *, after_hours: float, net: int = 10_000, **changes: Any) -> None:
    with store.group(Side.CRM, "test"):
        person = Person.objects.filter(link_id=profile.link_id).first() or store.create(
            ANNA, Person, link_id=profile.link_id
        )
        values: dict[str, Any] = {
            "number": uuid.uuid4().hex, "source": "shop", "person": person,
            "placed_at": NOON + timedelta(hours=after_hours), "net_minor": net,
            "tax_minor": 0, "gross_minor": net, "currency": "EUR", **changes,
        }  # fmt: skip
        store.create(ANNA, Order, **values)


def sums(campaign: Campaign, variant: Variant) -> Any:
    return outcomes(campaign, exposed_people(campaign.pk).people).sums[variant.pk]


def test_it_counts_buyers_and_net_revenue_within_the_window() -> None:
    campaign = make_campaign(window_hours=24)
    offer, control = arms(campaign)
    buyer = expose(campaign, offer)
    expose(campaign, offer)
    expose(campaign, control)
    order(buyer, after_hours=1, net=5_000)
    order(buyer, after_hours=2, net=2_000)
    order(buyer, after_hours=25)  # too late
    order(buyer, after_hours=-1)  # before the exposure
    found = sums(campaign, offer)
    assert (found.people, found.buyers, found.orders, found.revenue) == (2, 1, 2, 7_000)
    assert found.revenue_squares == 49_000_000
    assert sums(campaign, control).people == 1


def test_a_cancelled_order_is_no_purchase() -> None:
    campaign = make_campaign()
    offer, _ = arms(campaign)
    buyer = expose(campaign, offer)
    order(buyer, after_hours=1, state=Order.State.CANCELLED)
    assert sums(campaign, offer).buyers == 0


def test_orders_in_another_currency_are_left_out_and_counted() -> None:
    campaign = make_campaign()
    offer, _ = arms(campaign)
    order(expose(campaign, offer), after_hours=1, currency="CHF")
    result = outcomes(campaign, exposed_people(campaign.pk).people)
    assert result.other_currency == 1
    assert result.sums[offer.pk].revenue == 0


def test_the_earliest_exposure_of_merged_profiles_counts() -> None:
    campaign = make_campaign(window_hours=2)
    offer, _ = arms(campaign)
    phone, laptop = (
        expose(campaign, offer, at=NOON),
        expose(campaign, offer, at=NOON + timedelta(hours=1)),
    )
    order(laptop, after_hours=2.5)  # within 2 hours of the later exposure only
    with store.group(Side.ENGAGE, "test"):
        store.replace(Profile.objects.filter(pk=phone.pk), canonical_id=laptop.pk)
    found = sums(campaign, offer)
    assert (found.people, found.buyers) == (1, 0)


def test_who_has_seen_both_variants_is_left_out_and_counted() -> None:
    campaign = make_campaign()
    offer, control = arms(campaign)
    phone, laptop = expose(campaign, offer), expose(campaign, control)
    with store.group(Side.ENGAGE, "test"):
        store.replace(Profile.objects.filter(pk=phone.pk), canonical_id=laptop.pk)
    exposed = exposed_people(campaign.pk)
    assert (exposed.people, exposed.mixed) == ([], 1)


def test_the_report_says_what_the_child_process_found() -> None:
    campaign = make_campaign()
    offer, control = arms(campaign)
    for number in range(6):
        buyer = expose(campaign, offer)
        expose(campaign, control)
        if number % 2:
            order(buyer, after_hours=1)
    refresh_report(actor=ANNA, campaign=campaign)
    report = latest_report(ANNA, campaign.pk)
    assert report is not None
    assert report.result["verdict"] == "too_few"
    assert report.result["warnings"]["de"] != report.result["warnings"]["en"]
    assert report.result["earned"]["offer"]["amount_minor"] == 30_000
    assert report.result["arms"]["offer"]["buyers"] == 3


def test_a_registered_horizon_is_read_once_and_then_stays() -> None:
    campaign = make_campaign(horizon=2, window_hours=24)
    offer, control = arms(campaign)
    for hour in range(3):
        expose(campaign, offer, at=NOON + timedelta(hours=hour))
        expose(campaign, control, at=NOON + timedelta(hours=hour))
    people = exposed_people(campaign.pk).people
    look = registered_look(people, campaign)
    assert look is not None
    assert look.due_at == NOON + timedelta(hours=25)
    assert sorted(person.at.hour for person in look.people) == [12, 12, 13, 13]
    campaign.horizon = 4
    assert registered_look(people, campaign) is None


def test_a_registered_look_waits_for_every_group_also_one_that_nobody_has_seen_yet() -> None:
    campaign = make_campaign(horizon=1)
    offer, control = arms(campaign)
    with store.group(Side.ENGAGE, "test"):
        late = store.create(
            ANNA, Variant, campaign=campaign, slug="b", label={"en": "Late"}, weight=1
        )
    expose(campaign, offer)
    expose(campaign, control)
    campaign = Campaign.objects.prefetch_related("variants").get()
    assert registered_look(exposed_people(campaign.pk).people, campaign) is None
    expose(campaign, late)
    look = registered_look(exposed_people(campaign.pk).people, campaign)
    assert look is not None
    assert len(look.people) == 3
