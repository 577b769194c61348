from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections

from kundenkreis.crm.sales.models import Order
from kundenkreis.engage.campaigns.models import Campaign, Variant
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign
from kundenkreis.engage.profiles.models import ProfileMerge
from kundenkreis.insight.uplift.inputs import common_inputs, inputs_of
from kundenkreis.insight.uplift.tests.test_outcomes import NOON, arms, expose, order
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)


def fingerprint(campaign: Campaign) -> str:
    found = Campaign.objects.prefetch_related("variants").get(pk=campaign.pk)
    return inputs_of(found, common_inputs())


def test_nothing_new_leaves_the_fingerprint_as_it_is() -> None:
    campaign, other = make_campaign(), make_campaign()
    order(expose(campaign, arms(campaign)[0]), after_hours=1)
    before = fingerprint(campaign)
    expose(other, arms(other)[0])
    assert fingerprint(campaign) == before
    assert fingerprint(other) != before


def test_a_new_exposure_changes_it() -> None:
    campaign = make_campaign()
    before = fingerprint(campaign)
    expose(campaign, arms(campaign)[0])
    assert fingerprint(campaign) != before


def test_a_new_order_changes_it() -> None:
    campaign = make_campaign()
    buyer = expose(campaign, arms(campaign)[0])
    before = fingerprint(campaign)
    order(buyer, after_hours=1)
    assert fingerprint(campaign) != before


def test_an_order_whose_transaction_began_before_the_newest_one_changes_it() -> None:
    campaign = make_campaign()
    buyer = expose(campaign, arms(campaign)[0])
    with freeze(NOON):
        order(buyer, after_hours=1)
        order(buyer, after_hours=2)
    early, late = Order.objects.order_by("id")
    with store.group(Side.CRM, "test"):
        store.change(ANNA, late, voucher="LATE")
    before = fingerprint(campaign)
    with store.group(Side.CRM, "test"), freeze(NOON + timedelta(seconds=1)):
        store.change(ANNA, early, state=Order.State.CANCELLED)
    assert fingerprint(campaign) != before


def test_a_merge_of_profiles_changes_it() -> None:
    campaign = make_campaign()
    phone, laptop = (expose(campaign, arms(campaign)[0]) for _ in range(2))
    before = fingerprint(campaign)
    merge = ProfileMerge(
        absorbed_id=phone.pk, canonical_id=laptop.pk, at=NOON, reason="same person"
    )
    with store.group(Side.ENGAGE, "test"):
        store.append(ProfileMerge, [merge])
    assert fingerprint(campaign) != before


def test_another_name_of_a_variant_changes_it() -> None:
    campaign = make_campaign()
    before = fingerprint(campaign)
    with store.group(Side.ENGAGE, "test"):
        store.change(ANNA, store.lock(Variant, arms(campaign)[0].pk), label={"en": "Discount"})
    assert fingerprint(campaign) != before


def test_the_newest_orders_are_found_by_an_index() -> None:
    if connections[Side.CRM.alias].vendor == "postgresql":
        pytest.skip("PostgreSQL chooses by the number of rows; a test has too few")
    newest = Order.objects.order_by("-changed_at", "-id").values_list("pk", "version")[:100]
    assert "order_changed" in newest.explain()
