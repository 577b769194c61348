"""The writer alone, with real transactions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import connections

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.values import Refused
from kundenkreis.edge.collector.writer import Entry, Refusal, Task, Visit, Writer, chunks
from kundenkreis.edge.collector.writer import _attempt as attempt
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.tracking.commands import check_calls
from kundenkreis.engage.tracking.models import DailyCount, Event, Reason, RejectedItem
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.engage.tracking.testing import Shop, identify, make_shop, track
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE, transaction=True)

VISITORS = 150


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def entries(source: SourceView, *calls: object) -> list[Entry]:
    checked = check_calls(source, calls, clock.now())
    return [Entry(one) for one in checked.items]


def test_two_edges_that_meet_the_same_new_visitors_store_each_once(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Both see nobody, both insert everybody, in opposite orders: one has to do it again."""
    shop = make_shop()
    together = threading.Barrier(2)
    errors: list[Refused | None] = []

    def edge(name: str, step: int) -> None:
        for number in range(3):
            people = [f"p{number}-{place}" for place in range(VISITORS)][::step]
            calls = [
                call
                for one in people
                for call in (
                    track(name, anonymousId=one, messageId=f"{name}-{one}"),
                    identify(f"u-{one}", anonymousId=one, messageId=f"i-{name}-{one}"),
                )
            ]
            task = Task(
                shop.server, clock.now(), entries(shop.server, *calls), loop.create_future()
            )
            together.wait()
            errors.append(attempt([(task, entry) for entry in task.entries]))
        connections["engage"].close()

    threads = [threading.Thread(target=edge, args=pair) for pair in (("one", 1), ("two", -1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == [None] * 6
    assert Profile.objects.filter(canonical_id__isnull=True).count() == 3 * VISITORS
    assert Identifier.objects.count() == 6 * VISITORS
    for name in ("one", "two"):
        assert Event.objects.filter(type=name).count() == 3 * VISITORS


def test_everything_that_waits_is_one_transaction_up_to_its_limit(
    loop: asyncio.AbstractEventLoop,
) -> None:
    shop = make_shop()
    tasks = [
        Task(shop.server, clock.now(), [Entry(Visit())] * size, loop.create_future())
        for size in (1, 399, 1, 900)
    ]
    assert [len(part) for part in chunks(tasks)] == [limits.GROUP_ITEMS] * 3 + [101]


def test_the_queue_is_bounded_for_all_and_for_each_source(shop: Shop) -> None:
    writer = Writer()  # not started: nothing leaves the queue

    async def fill(source: SourceView, count: int) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(
                writer.write(source, clock.now(), [Entry(Visit())] * count), 0.01
            )

    async def refused(source: SourceView) -> int:
        with pytest.raises(Refused) as error:
            await writer.write(source, clock.now(), [Entry(Visit())])
        assert int(error.value.headers["Retry-After"]) >= 1
        return error.value.status

    async def overload() -> None:
        await fill(shop.server, limits.SOURCE_ITEMS)
        assert await refused(shop.server) == 429
        await fill(shop.orders, limits.QUEUE_ITEMS - limits.SOURCE_ITEMS)
        assert await refused(shop.orders) == 503
        assert await refused(shop.browser) == 503

    asyncio.run(overload())


def test_visits_refusals_and_events_are_written_together(shop: Shop) -> None:
    async def write() -> list[Entry]:
        writer = Writer()
        writer.start()
        work = [
            Entry(Visit()),
            Entry(Refusal({"type": "x", "userId": "u1"}, Reason.UNKNOWN_TYPE)),
            *entries(shop.server, track("A", userId="u1")),
            Entry(Visit()),
        ]
        await writer.write(shop.server, clock.now(), work)
        writer.stop(5)
        return work

    work = asyncio.run(write())
    assert [entry.fate for entry in work] == [None, None, "stored", None]
    assert DailyCount.objects.get(kind="visits").count == 2
    assert RejectedItem.objects.get().reason == Reason.UNKNOWN_TYPE
    assert Event.objects.get().type == "A"


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return make_shop()
