from __future__ import annotations

import pytest

from kundenkreis.engage.tracking import queries
from kundenkreis.engage.tracking.commands import count_visits
from kundenkreis.engage.tracking.testing import Shop, ingest, track
from kundenkreis.kernel.access import system
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def test_the_log_is_read_from_the_newest(shop: Shop) -> None:
    for name in "ABC":
        ingest(shop.browser, track(name, anonymousId="v1"))
    assert [event.type for event in queries.events(ANNA)] == ["C", "B", "A"]
    assert not queries.events(CARLA)


def test_a_persons_events_come_by_when_they_happened(shop: Shop, clock: FrozenClock) -> None:
    ingest(shop.browser, track("late", anonymousId="v1"))
    ingest(shop.browser, track("early", anonymousId="v1", at=clock.instant.replace(hour=9)))
    profile_id = queries.events(ANNA)[0].profile_id
    assert [event.type for event in queries.events_of(ANNA, [profile_id])] == ["late", "early"]


def test_rejected_items_are_listed_newest_first(shop: Shop) -> None:
    ingest(shop.server, {"type": "a"}, {"type": "b"})
    newest, older = queries.rejected(ANNA)
    assert newest.pk > older.pk
    assert queries.rejected(ANNA, before=older.pk) == []
    assert queries.rejected(ANNA, source_id=shop.browser.id) == []


def test_it_says_which_share_of_the_visits_it_covers(shop: Shop, clock: FrozenClock) -> None:
    assert queries.visit_share(ANNA) is None
    collector = system("collector")
    count_visits(actor=collector, source=shop.browser, count=4, at=clock.instant)
    ingest(shop.browser, track("A", anonymousId="v1"), track("B", anonymousId="v1"))
    assert queries.visit_share(ANNA) == 0.25
    clock.advance(minutes=20)
    ingest(shop.browser, track("same visit", anonymousId="v1"))
    assert queries.visit_share(ANNA, since=clock.instant) == 0.25
    clock.advance(minutes=50)
    ingest(shop.browser, track("next visit", anonymousId="v1"))
    assert queries.visit_share(ANNA) == 0.5
    # What a server reports is no visit, and other sources and days are others'.
    ingest(shop.server, track("C", anonymousId="v1", userId="u1"))
    assert queries.visit_share(ANNA) == 0.5
    assert queries.visit_share(ANNA, source_id=shop.orders.id) is None
    assert queries.visit_share(ANNA, since=clock.instant.replace(day=22)) is None
    assert [row.kind for row in queries.daily_counts(ANNA, since=clock.instant)] == [
        "visits",
        "visits_seen",
    ]


def test_who_may_see_nothing_sees_nothing(shop: Shop) -> None:
    for question in (queries.rejected, queries.visit_share):
        with pytest.raises(NotAllowed):
            question(CARLA)
