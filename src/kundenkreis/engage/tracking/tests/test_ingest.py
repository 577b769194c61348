"""What becomes of the calls a source reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import find
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.models import DailyCount, Event, Reason, RejectedItem, SeenMessage
from kundenkreis.engage.tracking.sources import sign_user
from kundenkreis.engage.tracking.testing import Shop, identify, ingest, track
from kundenkreis.kernel.access import system
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

STORED, REPEATED, DISCARDED = Fate.STORED, Fate.REPEATED, Fate.DISCARDED


def test_it_stores_a_visitors_step_with_its_cart_and_worth(shop: Shop, clock: FrozenClock) -> None:
    call = track("Product Added", anonymousId="v1", cart_id="c1", price=19.99, quantity=2)
    assert ingest(shop.browser, call) == [STORED]
    event = Event.objects.get()
    assert (event.type, event.key, event.value_minor, event.currency) == (
        "Product Added", "c1", 3998, "EUR",
    )  # fmt: skip
    assert event.occurred_at == event.received_at == clock.instant
    assert event.properties == {"cart_id": "c1", "price": 19.99, "quantity": 2}
    assert event.profile_id == find("shop", anonymous="v1")


def test_each_item_has_its_own_outcome(shop: Shop) -> None:
    good = [track("A", anonymousId="v1"), track("B", anonymousId="v1")]
    outcomes = ingest(
        shop.browser,
        good[0],
        "no object",
        {"type": "delete", "anonymousId": "v1"},
        track("", anonymousId="v1"),
        track("C"),
        track("D", anonymousId="stranger"),
        good[0],
        good[1],
    )
    assert outcomes == [
        STORED,
        Reason.NOT_AN_OBJECT,
        Reason.UNKNOWN_TYPE,
        Reason.NO_NAME,
        Reason.NO_IDENTITY,
        DISCARDED,
        REPEATED,
        STORED,
    ]
    assert sorted(Event.objects.values_list("type", flat=True)) == ["A", "B"]


def test_a_message_counts_once_for_seven_days(shop: Shop, clock: FrozenClock) -> None:
    call = track("A", anonymousId="v1", messageId="m1", at=clock.instant)
    assert ingest(shop.browser, call) == [STORED]
    clock.advance(days=6, hours=23)
    forget(Side.ENGAGE)
    assert ingest(shop.browser, call) == [REPEATED]
    clock.advance(hours=2)
    assert ingest(shop.browser, call) == [Reason.TOO_OLD]
    clock.advance(days=2)
    forget(Side.ENGAGE)
    assert not SeenMessage.objects.exists()
    assert Event.objects.count() == 1


def test_the_same_message_id_of_another_source_is_another_message(shop: Shop) -> None:
    call = track("A", anonymousId="v1", messageId="m1")
    assert ingest(shop.browser, call) == ingest(shop.server, call) == [STORED]


def test_a_call_without_an_id_is_known_again_by_its_content(shop: Shop, clock: FrozenClock) -> None:
    call = track("A", anonymousId="v1", at=clock.instant, n=1)
    del call["messageId"]
    assert ingest(shop.browser, call, call) == [STORED, REPEATED]
    without_time = {name: value for name, value in call.items() if name != "timestamp"}
    assert ingest(shop.browser, without_time, without_time) == [STORED, STORED]


def test_what_happened_more_than_a_week_ago_comes_only_by_import(
    shop: Shop, clock: FrozenClock
) -> None:
    old = clock.instant - timedelta(days=7, minutes=1)
    assert ingest(shop.server, track("A", userId="u1", at=old)) == [Reason.TOO_OLD]
    order = track("Order Completed", userId="u1", at=old, order_id="1", total=1)
    assert ingest(shop.orders, order) == [STORED]


@pytest.mark.parametrize(
    ("timestamp", "sent_at", "occurred"),
    [
        ("2026-11-21T11:00:00Z", None, "11:00:00"),
        ("2026-11-21T12:00:00+01:00", None, "11:00:00"),
        ("2026-11-21T11:00:00", None, "11:00:00"),
        # The sender's clock is an hour fast, or a day slow.
        ("2026-11-21T12:50:00Z", "2026-11-21T13:00:00Z", "11:50:00"),
        ("2026-11-20T11:50:00Z", "2026-11-20T12:00:00Z", "11:50:00"),
        # Right to a few seconds is right: what is added is only the time on the way.
        ("2026-11-21T11:50:00Z", "2026-11-21T11:59:58Z", "11:50:00"),
        # Nothing has happened in the future.
        ("2026-11-21T13:00:00Z", None, "12:00:00"),
        ("2026-11-21T13:10:00Z", "2026-11-21T13:00:00Z", "12:00:00"),
        (None, "2026-11-21T13:00:00Z", "12:00:00"),
        ("2026-11-21T11:00:00Z", "nonsense", "11:00:00"),
    ],
)
def test_it_corrects_the_senders_clock(
    shop: Shop, timestamp: str | None, sent_at: str | None, occurred: str
) -> None:
    call = track("A", anonymousId="v1") | {"timestamp": timestamp}
    assert ingest(shop.browser, call, sent_at=sent_at) == [STORED]
    assert f"{Event.objects.get().occurred_at:%H:%M:%S}" == occurred


@pytest.mark.parametrize(
    "timestamp", ["yesterday", 1763722800, "9999-12-31T23:59:59-12:00", {}, ["2026"], True]
)
def test_a_timestamp_nobody_understands_is_a_bad_item(shop: Shop, timestamp: object) -> None:
    call = track("A", anonymousId="v1") | {"timestamp": timestamp}
    assert ingest(shop.browser, call) == [Reason.BAD_TIMESTAMP]


@pytest.mark.parametrize("nobody", ["", "  ", "undefined", "null", "0", "[object Object]", None])
def test_what_broken_shops_send_as_an_id_makes_nobody_one_person(
    shop: Shop, nobody: str | None
) -> None:
    assert ingest(shop.server, track("A", userId=nobody)) == [Reason.NO_IDENTITY]
    assert ingest(shop.server, track("A", userId=nobody, anonymousId="v1")) == [STORED]
    assert not Profile.objects.get().known


@pytest.mark.parametrize("bad", [["u"], {"id": 1}, True, 1.5, "x" * 201])
def test_an_id_that_is_no_text_is_a_bad_item(shop: Shop, bad: object) -> None:
    assert ingest(shop.server, track("A", userId=bad)) == [Reason.BAD_IDENTITY]


def test_a_number_is_an_id_too(shop: Shop) -> None:
    assert ingest(shop.server, track("A", userId=4711)) == [STORED]
    assert find("shop", user="4711") is not None


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"x": "a\x00b"}, Reason.BAD_TEXT),
        ({"x": "\ud800"}, Reason.BAD_TEXT),
        ({"x": float("inf")}, Reason.BAD_TEXT),
        ({"x": "y" * 40_000}, Reason.TOO_LARGE),
        ([1, 2], Reason.BAD_PROPERTIES),
        ("text", Reason.BAD_PROPERTIES),
    ],
)
def test_properties_that_cannot_be_stored_are_a_bad_item(
    shop: Shop, bad: object, reason: Reason
) -> None:
    call = track("A", anonymousId="v1") | {"properties": bad}
    assert ingest(shop.browser, call, track("B", anonymousId="v1")) == [reason, STORED]


def test_properties_nested_without_end_are_a_bad_item(shop: Shop) -> None:
    deep: object = 1
    for _ in range(900):
        deep = {"x": deep}
    call = track("A", anonymousId="v1") | {"properties": {"deep": deep}}
    assert ingest(shop.browser, call) == [Reason.BAD_TEXT]


def test_text_is_stored_in_one_normal_form(shop: Shop) -> None:
    call = track("Gro\u0308\u00df", anonymousId="v1")
    call["properties"] = {"na\u0308me": "Mu\u0308ller \U0001f469\u200d\U0001f467 “x”"}
    assert ingest(shop.browser, call) == [STORED]
    event = Event.objects.get()
    assert event.type == "Gr\u00f6\u00df"
    assert event.properties == {"n\u00e4me": "M\u00fcller \U0001f469\u200d\U0001f467 “x”"}


def test_an_escaped_backslash_is_no_nul(shop: Shop) -> None:
    assert ingest(shop.browser, track("A", anonymousId="v1", x="C:\\u0000")) == [STORED]
    assert Event.objects.get().properties == {"x": "C:\\u0000"}


def test_a_page_view_keeps_what_the_page_says_about_itself(shop: Shop) -> None:
    page = {"url": "https://shop.example/p", "path": "/p", "title": "P", "referrer": "", "x": "y"}
    call = track("", anonymousId="v1") | {
        "type": "page",
        "name": "Product",
        "context": {"page": page, "campaign": {"source": "mail"}, "ip": "192.0.2.1"},
    }
    assert ingest(shop.browser, call) == [STORED]
    event = Event.objects.get()
    assert event.type == "Page Viewed"
    assert event.properties == {
        "url": "https://shop.example/p",
        "path": "/p",
        "title": "P",
        "referrer": "",
        "name": "Product",
        "campaign": {"source": "mail"},
    }


def test_identify_keeps_traits_of_which_the_newest_wins(shop: Shop, clock: FrozenClock) -> None:
    later = identify("u1", at=clock.instant, firstName="Jana", city="Köln", age=None)
    earlier = identify("u1", at=clock.instant - timedelta(hours=1), firstName="J.", age=40)
    assert ingest(shop.server, later) == [STORED]
    assert ingest(shop.server, earlier) == [STORED]
    assert Profile.objects.get().traits == {"first_name": "Jana", "city": "Köln"}
    assert not Event.objects.exists()


def test_group_and_alias_say_who_somebody_is(shop: Shop) -> None:
    group = {"type": "group", "userId": "u1", "groupId": "acme", "traits": {"name": "Acme"}}
    alias = {"type": "alias", "previousId": "v1", "userId": "u1"}
    ingest(shop.browser, track("A", anonymousId="v1"))
    assert ingest(shop.server, group, alias) == [STORED, STORED]
    assert find("shop", anonymous="v1") == find("shop", user="u1")
    known = Profile.objects.get(pk=find("shop", user="u1"))
    assert known.traits == {"group_id": "acme", "group_name": "Acme"}


def test_a_browser_cannot_become_a_known_person_without_proof(shop: Shop) -> None:
    ingest(shop.server, identify("u1", name="Jana"))
    ingest(shop.browser, identify("u1", anonymousId="v1", name="Mallory"))
    ingest(shop.browser, track("Product Viewed", anonymousId="v1", userId="u1"))
    customer = Profile.objects.get(pk=find("shop", user="u1"))
    assert customer.traits == {"name": "Jana"}
    assert find("shop", anonymous="v1") != customer.pk
    forged = identify("u1", anonymousId="v1", token="0" * 64)
    ingest(shop.browser, forged)
    assert find("shop", anonymous="v1") != customer.pk


@pytest.mark.parametrize("place", ["call", "context", "integrations"])
def test_a_signed_token_lets_a_browser_become_a_known_person(shop: Shop, place: str) -> None:
    ingest(shop.server, identify("u1", name="Jana"))
    token = sign_user(shop.orders_key, "u1")
    call = identify("u1", anonymousId="v1")
    if place == "call":
        call["token"] = token
    else:
        call[place] = {"token": token} if place == "context" else {"Kundenkreis": {"token": token}}
    ingest(shop.browser, call)
    assert find("shop", anonymous="v1") == find("shop", user="u1")


def test_a_token_is_worth_nothing_for_another_person_or_shop(shop: Shop) -> None:
    ingest(shop.server, identify("u1"), identify("u2"))
    for token in (sign_user(shop.orders_key, "u2"), sign_user("sk_of another shop", "u1")):
        ingest(shop.browser, identify("u1", anonymousId="v1", token=token))
        assert find("shop", anonymous="v1") != find("shop", user="u1")


def test_rejected_items_are_kept_for_staff_but_bounded(shop: Shop) -> None:
    ingest(shop.server, track("", userId="u1", note="x" * 5_000), track("", userId="u1", n=1))
    long, short = RejectedItem.objects.order_by("id")
    assert (long.reason, len(long.item["beginning"])) == (Reason.NO_NAME, 2_000)
    assert short.item["properties"] == {"n": 1}
    ingest(shop.server, *[{"type": "nonsense"}] * 1_200)
    assert RejectedItem.objects.count() == 1_000


def test_discarded_items_are_only_counted(shop: Shop) -> None:
    ingest(shop.browser, *[track("A", anonymousId="stranger")] * 3)
    assert DailyCount.objects.get(kind="discarded").count == 3
    assert not Event.objects.exists()
    assert not Profile.objects.exists()


def test_after_a_withdrawal_nothing_more_is_stored(shop: Shop, clock: FrozenClock) -> None:
    assert ingest(shop.browser, track("A", anonymousId="v1")) == [STORED]
    clock.advance(minutes=1)
    shop.consents("v1", granted=False)
    assert ingest(shop.browser, track("B", anonymousId="v1")) == [DISCARDED]
    clock.advance(minutes=1)
    shop.consents("v1")
    assert ingest(shop.browser, track("C", anonymousId="v1")) == [STORED]


def test_a_source_under_contract_records_orders_and_nothing_else(shop: Shop) -> None:
    outcomes = ingest(
        shop.orders,
        track("Order Completed", userId="u1", anonymousId="secret", order_id="1", total="9.99"),
        track("Product Viewed", userId="u1", anonymousId="secret"),
        track("Product Viewed", userId="u1", anonymousId="v1"),
        identify("u1", name="Jana"),
    )
    assert outcomes == [STORED, DISCARDED, STORED, STORED]
    assert find("shop", anonymous="secret") is None
    assert find("shop", anonymous="v1") == find("shop", user="u1")


def test_an_objection_also_ends_recording_by_legitimate_interest(shop: Shop) -> None:
    from kundenkreis.engage.consent.commands import Statement, record_consent
    from kundenkreis.kernel import clock as now

    assert ingest(shop.server, track("A", userId="u1")) == [STORED]
    objection = Statement(
        "user", "u1", "server_analytics", "web", False, now.now(), "profile_centre",
        namespace="shop",
    )  # fmt: skip
    record_consent(actor=system("test"), statement=objection)
    assert ingest(shop.server, track("B", userId="u1")) == [DISCARDED]
