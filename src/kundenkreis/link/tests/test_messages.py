"""What crosses today, each kind once, from the shop's report to the other side's record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from kundenkreis.crm.people.models import ContactPermission, Person, TimelineEntry
from kundenkreis.crm.people.permissions import record_objection
from kundenkreis.crm.sales.models import Order
from kundenkreis.engage.consent.commands import Statement, record_consent
from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.consent.shipped import NEWSLETTER
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import find, linked
from kundenkreis.engage.tracking.testing import Shop, ingest, make_shop
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.link import jobs, queries, rebuild, to_crm
from kundenkreis.records import named
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def shop(clock: FrozenClock) -> Shop:
    made = make_shop()
    made.consents("cookie-1")
    return made


def carry() -> None:
    for _ in range(20):
        if not jobs.carry_to_crm() + jobs.carry_to_engage():
            break
    assert rebuild.differences() == []
    assert queries.dead_letters(ANNA) == []


def call(event: str, **properties: object) -> dict[str, object]:
    return {
        "type": "track",
        "event": event,
        "anonymousId": "cookie-1",
        "messageId": f"{event}-{properties}",
        "properties": properties,
    }


def order(number: str = "A1") -> dict[str, object]:
    products = [{"sku": "T1", "name": "Tasse", "quantity": 2, "price": "10.00", "tax_rate": "19"}]
    customer = {"customer_number": "K-1", "first_name": "Jana", "last_name": "Weiß"}
    customer["email"] = "jana@example.org"
    said = call(
        "Order Completed",
        order_id=number,
        total="23.80",
        tax="3.80",
        currency="EUR",
        coupon="ZWANZIG",
        products=products,
        customer=customer,
    )
    return {**said, "userId": "K-1"}


def test_an_order_becomes_a_customer_with_every_step_before_it(shop: Shop) -> None:
    ingest(shop.browser, call("Product Added", product_id="T1", cart_id="c1"))
    ingest(shop.server, order())
    carry()
    placed = Order.objects.get()
    assert (placed.source, placed.number, placed.net_minor, placed.gross_minor) == (
        "shop", "A1", 2000, 2380,
    )  # fmt: skip
    person = Person.objects.get()
    assert (str(person), person.customer_number, placed.person) == ("Jana Weiß", "K-1", person)
    kinds = TimelineEntry.objects.filter(person=person).values_list("kind", flat=True)
    assert {"cart", "order"} <= set(kinds)


def test_a_customer_number_of_one_shop_means_nobody_at_another(shop: Shop) -> None:
    other = make_shop("other-shop")
    for at in (shop, other):
        ingest(at.server, order())
    carry()
    one, two = Order.objects.order_by("source").values_list("person_id", flat=True)
    assert one != two
    links = list(Person.objects.values_list("link_id", flat=True))
    assert Profile.objects.filter(link_id__in=links).count() == 2


def test_a_long_customer_number_is_not_cut_into_somebody_elses() -> None:
    numbers = ["9" * 60 + end for end in "ab"]
    said = [to_crm.customer(UUID(int=1), {"customer_number": one}, "shop") for one in numbers]
    assert [one.customer_number for one in said] == numbers


def test_facts_come_back_with_their_purpose(shop: Shop) -> None:
    ingest(shop.server, order("A1"), order("A2"))
    carry()
    facts = Profile.objects.get(link_id=Person.objects.get().link_id).facts
    assert facts["orders"]["value"] == 2
    assert facts["revenue_minor"]["value"] == 4000
    assert {fact["purpose"] for fact in facts.values()} == {"server_analytics"}


def test_a_cancellation_takes_the_order_out_of_the_facts(shop: Shop) -> None:
    ingest(shop.server, order())
    carry()
    ingest(shop.server, {**call("Order Cancelled", order_id="A1"), "userId": "K-1"})
    carry()
    assert Order.objects.get().state == Order.State.CANCELLED
    facts = Profile.objects.get(link_id=Person.objects.get().link_id).facts
    assert (facts["orders"]["value"], facts["revenue_minor"]["value"]) == (0, 0)


def test_an_opt_out_at_the_edge_reaches_the_crm(shop: Shop, clock: FrozenClock) -> None:
    for granted in (True, False):
        clock.advance(minutes=1)
        said = ("email", "jana@example.org", NEWSLETTER, "email", granted, clock.instant)
        record_consent(actor=SYSTEM, statement=Statement(*said, origin="double_opt_in"))
        carry()
        assert ContactPermission.objects.get().granted is granted


def test_an_old_opt_out_that_becomes_known_late_still_counts(
    shop: Shop, clock: FrozenClock
) -> None:
    """The withdrawal is older than the imported grant it beats; instants cannot order the two."""
    for granted, days in ((True, 0), (False, 30)):
        at = clock.instant - timedelta(days=days)
        said = ("email", "jana@example.org", NEWSLETTER, "email", granted, at)
        record_consent(actor=SYSTEM, statement=Statement(*said, origin="import"))
        carry()
        assert ContactPermission.objects.get().granted is granted


def test_marketing_follows_a_merge_of_two_customers_and_its_undo(shop: Shop) -> None:
    """One campaign counts them once, and what they do next comes under one link."""
    other = make_shop("other-shop")
    for at in (shop, other):
        ingest(at.server, order())
    carry()
    kept, gone = Person.objects.order_by("pk")
    done = merge(actor=ANNA, kind=named("person"), kept_id=kept.pk, gone_id=gone.pk)
    assert any("merge" in said for said in rebuild.differences())  # not told yet
    carry()
    people = linked([one.link_id for one in (kept, gone) if one.link_id])
    assert len(people) == 2
    assert len(set(people.values())) == 1
    facts = Profile.objects.get(pk=people[kept.link_id]).facts
    assert facts["orders"]["value"] == 2
    assert find("other-shop", user="K-1") == people[kept.link_id]

    undo(ANNA, Side.CRM, done.batch)
    carry()
    assert len(set(linked(people).values())) == 2
    profile = Profile.objects.get(link_id=gone.link_id)
    assert (profile.canonical_id, profile.facts["orders"]["value"]) == (None, 1)
    assert find("other-shop", user="K-1") == profile.pk


def test_an_objection_told_to_staff_withdraws_in_the_ledger(shop: Shop) -> None:
    ingest(shop.server, order())
    carry()
    person = Person.objects.get()
    record_objection(actor=ANNA, person_id=person.pk, channel="web", purpose="")
    carry()
    assert not ContactPermission.objects.filter(link_id=person.link_id, granted=True).exists()
    own = ConsentState.objects.filter(subject="K-1", channel="web")
    assert own.exists()
    assert not own.filter(granted=True).exists()
