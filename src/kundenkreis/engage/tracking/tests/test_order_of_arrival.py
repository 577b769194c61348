"""F14: whatever the order, repetition and grouping of the reports, the result is the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import canonical_ids, find, group_ids
from kundenkreis.engage.tracking.models import Event
from kundenkreis.engage.tracking.testing import Shop, identify, ingest, make_shop, track
from kundenkreis.kernel import clock
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.events import decode
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = "2026-11-21T12:00:00Z"


def history(random_: random.Random, size: int) -> list[dict[str, Any]]:
    """What twenty customers with two devices each did within an hour, as their shop reports it."""
    with freeze(NOON):
        start = clock.now() - timedelta(hours=1)
    calls: list[dict[str, Any]] = []
    for number in range(size):
        kind = random_.random()
        order = f"o{number // 3}"
        # An order and its cancellation are one customer's.
        customer = random_.randrange(20) if not 0.15 <= kind < 0.3 else number // 3 % 20
        who = {
            "anonymousId": f"d{customer}-{random_.randrange(2)}",
            "messageId": f"m{number}",
            "at": start + timedelta(seconds=number),
        }
        if random_.random() < 0.2:
            who["userId"] = f"u{customer}"
        if kind < 0.15:
            user = who.pop("userId", f"u{customer}")
            calls.append(identify(str(user), size=random_.randrange(5), **who))
        elif kind < 0.25:
            who["userId"] = f"u{customer}"
            calls.append(track("Order Completed", order_id=order, total=number, **who))
        elif kind < 0.3:
            who["userId"] = f"u{customer}"
            calls.append(track("Order Cancelled", order_id=order, **who))
        else:
            calls.append(track("Product Added", cart_id=f"c{customer}", price=1, **who))
    return calls


def state(shop: Shop) -> dict[str, object]:
    """All that is known afterwards, without the accidents of numbering."""
    namespace = shop.server.namespace
    events = Event.objects.filter(source_id=shop.server.id)
    canonical = canonical_ids(events.values_list("profile_id", flat=True))
    names = {find(namespace, user=f"u{number}") or 0: f"u{number}" for number in range(20)}
    log = sorted(
        (names.get(canonical[event.profile_id], "?"), event.type, event.key, event.message_id)
        for event in events
    )
    traits = {name: Profile.objects.get(pk=pk).traits for pk, name in names.items() if pk}
    devices = {
        f"d{customer}-{device}": names.get(find(namespace, anonymous=f"d{customer}-{device}") or 0)
        for customer in range(20)
        for device in range(2)
    }
    return {"log": log, "traits": traits, "devices": devices, "orders": orders(namespace)}


def orders(namespace: str) -> dict[str, list[str]]:
    """What the crm is told per order, in this order."""
    told: dict[str, list[str]] = {}
    rows = OutboxMessage.objects.using("engage").order_by("id")
    for row in rows.filter(name__startswith="engage.tracking.Order"):
        event = decode(row.name, row.payload)
        if event.namespace == namespace:
            told.setdefault(event.order_id, []).append(type(event).__name__)
    return told


@pytest.mark.parametrize("seed", [1, 2])
def test_f14_shuffled_and_repeated_reports_give_the_state_of_the_sorted_unique_ones(
    clock: FrozenClock, seed: int
) -> None:
    random_ = random.Random(seed)
    calls = history(random_, 600)
    in_order, shuffled = make_shop("sorted"), make_shop("shuffled")
    first_of_order: set[object] = set()
    # Of two reports about one order the first counts; sent in order, that is the earlier one.
    unique = []
    for call in calls:
        key = (call.get("event"), call.get("properties", {}).get("order_id"))
        if key[1] is None or key not in first_of_order:
            first_of_order.add(key)
            unique.append(call)
    ingest(in_order.server, *unique)
    mixed = [*unique, *random_.sample(unique, len(unique) // 5)]
    random_.shuffle(mixed)
    while mixed:
        size = random_.randrange(1, 60)
        ingest(shuffled.server, *mixed[:size])
        mixed = mixed[size:]
    expected = state(in_order)
    assert state(shuffled) == expected
    assert len(expected["log"]) > 400  # type: ignore[arg-type]
    # Control: the comparison notices a single missing report.
    lost = make_shop("lost")
    ingest(lost.server, *(call for call in unique if call is not unique[len(unique) // 2]))
    assert state(lost) != expected


@settings(max_examples=25)
@given(st.data())
def test_small_histories_in_any_order_and_grouping(data: st.DataObject) -> None:
    with freeze(NOON):
        seed = data.draw(st.integers(0, 10**6))
        number = data.draw(st.integers(0, 10**9))
        calls = history(random.Random(seed), 10)
        keys = [(c.get("event"), c.get("properties", {}).get("order_id")) for c in calls]
        unique = [
            call
            for place, call in enumerate(calls)
            if keys[place][1] is None or keys.index(keys[place]) == place
        ]
        one, other = make_shop(f"one{number}-{seed}"), make_shop(f"other{number}-{seed}")
        ingest(one.server, *unique)
        for call in data.draw(st.permutations([*unique, *unique[:3]])):
            ingest(other.server, call)
        assert state(other) == state(one)


def test_a_group_of_profiles_has_all_their_events(clock: FrozenClock) -> None:
    shop = make_shop("grouped")
    ingest(shop.server, track("A", anonymousId="d1"))
    ingest(shop.server, track("B", userId="u1"), track("C", userId="u1", anonymousId="d1"))
    person = find("grouped", user="u1")
    assert person is not None
    rows = Event.objects.filter(profile_id__in=group_ids(person))
    assert sorted(rows.values_list("type", flat=True)) == ["A", "B", "C"]
