"""Orders and cancellations: once for ever, trusted sources only, in order, to one person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kundenkreis.engage.profiles.queries import find, link_id_of
from kundenkreis.engage.tracking.cleaning import Unusable
from kundenkreis.engage.tracking.events import OrderReceived
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.models import Event, Reason
from kundenkreis.engage.tracking.orders import order_facts
from kundenkreis.engage.tracking.testing import Shop, ingest, track
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.events import decode
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

PRODUCTS = [
    {"sku": "A-1", "name": "Brille", "quantity": 2, "price": "50.00", "tax_rate": "19.00"},
    {"product_id": "b", "price": 10},
]


def order(number: str = "1001", **more: Any) -> dict[str, Any]:
    values = {"order_id": number, "total": "130.90", "tax": "20.90", "currency": "EUR", **more}
    return track("Order Completed", **values)


def outbox(*names: str) -> list[Any]:
    rows = OutboxMessage.objects.using("engage").order_by("id")
    found = [(row.name.rpartition(".")[2], row) for row in rows]
    return [decode(row.name, row.payload) for name, row in found if name in names]


def test_an_order_of_a_trusted_source_goes_to_the_crm_once(shop: Shop, clock: FrozenClock) -> None:
    customer = {"firstName": "Jana", "email": "j@x.example", "address": {"city": "Köln"}, "pin": 1}
    call = order(
        userId="K-7", anonymousId="v1", cart_id="c1", coupon="KREIS20", products=PRODUCTS,
        customer=customer, country="DE",
    )  # fmt: skip
    assert ingest(shop.orders, call) == [Fate.STORED]
    clock.advance(days=400)
    again = {**call, "messageId": "another", "timestamp": "2026-11-21T12:00:00Z"}
    assert ingest(shop.orders, call, again) == [Fate.REPEATED] * 2
    (received,) = outbox("OrderReceived")
    assert isinstance(received, OrderReceived)
    assert (received.net_minor, received.tax_minor, received.gross_minor) == (11000, 2090, 13090)
    assert (received.namespace, received.order_id) == ("shop", "1001")
    assert (received.voucher, received.country) == ("KREIS20", "DE")
    assert received.customer == {
        "customer_number": "K-7",
        "first_name": "Jana",
        "email": "j@x.example",
        "city": "Köln",
    }
    assert [(line.sku, line.net_minor) for line in received.lines] == [("A-1", 10000), ("b", 1000)]
    assert received.link_id == link_id_of(find("shop", user="K-7") or 0)
    event = Event.objects.get()
    assert (event.key, event.value_minor, event.properties["cart_id"]) == ("1001", 11000, "c1")
    # Who the customer is stays out of the log at the public edge.
    assert "customer" not in event.properties


def test_an_order_seen_by_a_browser_creates_nothing(shop: Shop) -> None:
    call = order(anonymousId="v1", userId="K-7", email="x@y.example")
    assert ingest(shop.browser, call) == [Fate.STORED]
    # The thank-you page was loaded again.
    assert ingest(shop.browser, {**call, "messageId": "reload"}) == [Fate.REPEATED]
    event = Event.objects.get()
    assert (event.type, event.key, event.value_minor) == ("Order Completed", "1001", None)
    assert outbox("OrderReceived", "ProfileLinked") == []
    assert link_id_of(event.profile_id) is None
    # Control: the same from the shop's server does.
    assert ingest(shop.orders, call) == [Fate.STORED]
    assert len(outbox("OrderReceived")) == 1


def test_the_crm_hears_of_the_cart_before_the_order(shop: Shop, clock: FrozenClock) -> None:
    ingest(shop.browser, track("Product Added", anonymousId="v1", cart_id="c1", name="Brille"))
    assert outbox("Touchpoint") == []
    clock.advance(minutes=5)
    ingest(shop.orders, order(userId="K-7", anonymousId="v1"))
    (cart,) = outbox("Touchpoint")
    assert (cart.kind, cart.reference, cart.payload["name"]) == ("cart", "c1", "Brille")
    clock.advance(minutes=5)
    again = track("Product Added", anonymousId="v1", cart_id="c2")
    assert ingest(shop.browser, again, again) == [Fate.STORED, Fate.REPEATED]
    assert [step.reference for step in outbox("Touchpoint")] == ["c1", "c2"]
    assert len({step.key for step in outbox("Touchpoint")}) == 2


def test_a_new_device_of_a_customer_is_told_when_it_is_recognised(shop: Shop) -> None:
    shop.consents("phone")
    ingest(shop.orders, order(userId="K-7", anonymousId="v1"))
    ingest(shop.browser, track("Product Added", anonymousId="phone", cart_id="c9"))
    assert outbox("Touchpoint") == []
    ingest(shop.server, track("Signed In", userId="K-7", anonymousId="phone"))
    assert [step.reference for step in outbox("Touchpoint")] == ["c9"]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("cancelled_first", [True, False])
def test_a_cancellation_is_told_after_its_order_to_the_same_person(
    shop: Shop, clock: FrozenClock, *, together: bool, cancelled_first: bool
) -> None:
    placed = order(userId="K-7", at=clock.instant - timedelta(minutes=5))
    cancelled = track("Order Cancelled", userId="other", order_id="1001", at=clock.instant)
    calls = [cancelled, placed] if cancelled_first else [placed, cancelled]
    for batch in [calls] if together else [[call] for call in calls]:
        assert set(ingest(shop.orders, *batch)) == {Fate.STORED}
    assert ingest(shop.orders, *calls) == [Fate.REPEATED] * 2
    received, cancellation = outbox("OrderReceived", "OrderCancelled")
    assert type(received).__name__ == "OrderReceived"
    assert cancellation.link_id == received.link_id
    assert cancellation.at == clock.instant


def test_a_guests_orders_without_any_name_are_two_people(shop: Shop) -> None:
    """Nothing but the order may be known of somebody who did not agree."""
    assert ingest(
        shop.orders, order("1", anonymousId="a"), order("2", anonymousId="a")
    ) == [Fate.STORED] * 2  # fmt: skip
    links = {one.order_id: one.link_id for one in outbox("OrderReceived")}
    assert links["1"] != links["2"]
    ingest(shop.orders, track("Order Cancelled", order_id="2", anonymousId="a"))
    assert outbox("OrderCancelled")[0].link_id == links["2"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"order_id": None}, Reason.NO_ORDER_ID),
        ({"order_id": "x" * 121}, Reason.NO_ORDER_ID),
        ({"total": "a lot"}, Reason.BAD_AMOUNT),
        ({"total": None}, Reason.BAD_AMOUNT),
        ({"total": "-5"}, Reason.BAD_AMOUNT),
        ({"total": "NaN"}, Reason.BAD_AMOUNT),
        ({"total": 10**15}, Reason.BAD_AMOUNT),
        ({"total": 9_999_999_999_999}, Reason.BAD_AMOUNT),
        ({"total": "100000000000.01"}, Reason.BAD_AMOUNT),
        ({"products": [{"price": 9 * 10**10, "quantity": 9 * 10**10}]}, Reason.BAD_AMOUNT),
        ({"products": [{"price": -9 * 10**10, "quantity": 2}]}, Reason.BAD_AMOUNT),
        ({"tax": "131"}, Reason.BAD_AMOUNT),
        ({"currency": "Euro"}, Reason.BAD_AMOUNT),
        ({"currency": "ABC"}, Reason.BAD_AMOUNT),
        ({"products": "none"}, Reason.BAD_AMOUNT),
        ({"products": [{"price": "free"}]}, Reason.BAD_AMOUNT),
    ],
)
def test_an_order_that_does_not_add_up_is_a_bad_item(
    shop: Shop, bad: dict[str, Any], reason: Reason
) -> None:
    good = order("1002", userId="u2")
    assert ingest(shop.orders, order(userId="u1", **bad), good) == [reason, Fate.STORED]
    assert [one.order_id for one in outbox("OrderReceived")] == ["1002"]


@pytest.mark.parametrize(
    ("said", "amounts"),
    [
        ({"total": 11.9, "tax": 1.9}, (1000, 190, 1190)),
        ({"total": "0"}, (0, 0, 0)),
        ({"revenue": "10", "tax": "1.9", "shipping": "5"}, (1500, 190, 1690)),
        ({"subtotal": "10", "tax": "1.9"}, (1000, 190, 1190)),
        ({"products": [{"price": "3.333", "quantity": 3}]}, (1000, 0, 1000)),
        ({"total": 1000, "tax": 100, "currency": "jpy"}, (900, 100, 1000)),
        ({"total": "0.005", "tax": 0}, (1, 0, 1)),
        ({"total": 5000, "tax": 500, "currency": "XAF"}, (4500, 500, 5000)),
        ({"total": "1.0005", "currency": "OMR"}, (1001, 0, 1001)),
    ],
)
def test_it_understands_the_ways_to_say_an_amount(
    said: dict[str, Any], amounts: tuple[int, int, int]
) -> None:
    facts = order_facts(said, "")
    assert (facts.net_minor, facts.tax_minor, facts.gross_minor) == amounts


def test_prices_and_quantities_of_lines_are_rounded_half_up() -> None:
    product = {"price": "0.00005", "quantity": "2.0005", "tax_rate": "19.005"}
    (line,) = order_facts({"total": 1, "products": [product]}, "").lines
    said = (line.unit_price, line.quantity, line.tax_rate)
    assert said == (Decimal("0.0001"), Decimal("2.001"), Decimal("19.01"))


def test_a_line_too_large_for_the_books_is_refused() -> None:
    with pytest.raises(Unusable):
        order_facts({"total": 1, "products": [{"price": 10**12}]}, "")


def test_amounts_up_to_a_hundred_thousand_million_are_taken(shop: Shop) -> None:
    line = {"price": 5 * 10**10, "quantity": 2}
    facts = order_facts({"total": 10**11, "tax": 0, "products": [line]}, "")
    assert (facts.gross_minor, facts.lines[0].net_minor) == (10**13, 10**13)


@pytest.mark.parametrize(
    "price", [{"price": 9_999_999_999_999, "quantity": 9_999_999_999_999}, {"value": 10**12}]
)
def test_an_event_whose_worth_cannot_be_added_up_has_none(shop: Shop, price: Any) -> None:
    shop.consents("v1")
    call = track("Product Added", anonymousId="v1", currency="KWD", **price)
    assert ingest(shop.browser, call) == [Fate.STORED]
    assert Event.objects.get().value_minor is None
