"""Two shops number their customers and cookies alike; what one's allow says nothing to the other.

Each test has its control in it: the same words in the shop itself do count.
"""

from __future__ import annotations

import pytest

from kundenkreis.engage.consent.commands import Statement, record_consent
from kundenkreis.engage.consent.shipped import SERVER_ANALYTICS
from kundenkreis.engage.profiles.queries import find
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.models import Reason, RejectedItem
from kundenkreis.engage.tracking.testing import SETUP, Shop, ingest, make_shop, track
from kundenkreis.kernel import clock as time
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

STORED, DISCARDED = Fate.STORED, Fate.DISCARDED


@pytest.fixture
def other(shop: Shop) -> Shop:
    return make_shop("other")


def objects(shop: Shop, user: str) -> None:
    said = ("user", user, SERVER_ANALYTICS, "web", False, time.now(), "profile_centre")
    record_consent(actor=SETUP, statement=Statement(*said, namespace=shop.server.namespace))


def test_an_objection_leaves_the_other_shops_customer_of_the_same_number_alone(
    shop: Shop, other: Shop
) -> None:
    objects(shop, "17")
    assert ingest(shop.server, track("A", userId="17")) == [DISCARDED]
    assert ingest(other.server, track("A", userId="17")) == [STORED]


def test_a_consent_does_not_allow_what_the_other_shops_visitor_never_allowed(
    shop: Shop, other: Shop
) -> None:
    assert ingest(shop.browser, track("A", anonymousId="v1")) == [STORED]
    assert ingest(other.browser, track("A", anonymousId="v1")) == [DISCARDED]
    assert find("other", anonymous="v1") is None


def test_a_withdrawal_ends_only_the_consent_of_its_own_shop(
    shop: Shop, other: Shop, clock: FrozenClock
) -> None:
    other.consents("v1")
    clock.advance(minutes=1)
    shop.consents("v1", granted=False)
    assert ingest(shop.browser, track("A", anonymousId="v1")) == [DISCARDED]
    assert ingest(other.browser, track("A", anonymousId="v1")) == [STORED]


def test_an_order_keeps_the_cookie_only_where_its_visitor_agreed(shop: Shop, other: Shop) -> None:
    for each, known in ((shop, True), (other, False)):
        order = track("Order Completed", userId="u1", anonymousId="v1", order_id="1", total="9.99")
        view = track("Product Viewed", anonymousId="v1")
        assert ingest(each.orders, order, view) == [STORED, STORED if known else DISCARDED]
        assert (find(each.orders.namespace, anonymous="v1") is not None) is known


def test_a_rejected_item_is_shown_only_where_its_visitor_agreed(shop: Shop, other: Shop) -> None:
    for each in (shop, other):
        assert ingest(each.browser, track("", anonymousId="v1", n=1)) == [Reason.NO_NAME]
    mine, theirs = RejectedItem.objects.order_by("id")
    assert mine.item["anonymousId"] == "v1"
    assert theirs.item == {}
