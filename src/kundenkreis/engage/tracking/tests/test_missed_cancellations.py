"""An order and its cancellation in two transactions that do not see each other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from kundenkreis.engage.tracking import order_log
from kundenkreis.engage.tracking.events import OrderCancelled, OrderReceived
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.items import Item
from kundenkreis.engage.tracking.models import SeenOrder
from kundenkreis.engage.tracking.order_log import OrderLog
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.engage.tracking.testing import Shop, ingest, make_shop, track
from kundenkreis.engage.tracking.vocabulary import ORDER_CANCELLED
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.events import decode
from kundenkreis.kernel.jobs.runner import run_due
from kundenkreis.kernel.jobs.schedule import enqueue_due
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

PLACED = track("Order Completed", userId="K-7", order_id="1001", total=10)
CANCELLED = track("Order Cancelled", userId="K-7", order_id="1001")


def told() -> list[Any]:
    rows = OutboxMessage.objects.using("engage").order_by("id")
    return [decode(row.name, row.payload) for row in rows.filter(name__contains=".Order")]


def run_jobs() -> None:
    enqueue_due(Side.ENGAGE)
    run_due(Side.ENGAGE)


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch sees only its own rows of orders, as when others are not committed yet."""
    real = order_log.begin

    def begin(source: SourceView, items: Sequence[Item]) -> OrderLog:
        log = real(source, items)
        mine = {
            SeenOrder.Kind.CANCELLATION if item.name == ORDER_CANCELLED else SeenOrder.Kind.ORDER
            for item in items
        }
        log.rows = {key: row for key, row in log.rows.items() if key[0] in mine}
        return log

    monkeypatch.setattr(order_log, "begin", begin)


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("calls", [[PLACED, CANCELLED], [CANCELLED, PLACED]])
def test_a_cancellation_that_missed_its_order_is_told_later_and_once(
    shop: Shop, clock: FrozenClock, calls: list[dict[str, Any]]
) -> None:
    for call in calls:
        assert ingest(shop.orders, call) == [Fate.STORED]
    assert [type(event) for event in told()] == [OrderReceived]
    at = clock.instant
    for _ in range(2):
        run_jobs()
        received, *cancelled = told()
        assert cancelled == [OrderCancelled(received.link_id, "shop", "1001", at)]
        clock.advance(minutes=5)


def test_a_cancellation_without_its_order_still_waits(shop: Shop, clock: FrozenClock) -> None:
    ingest(shop.orders, CANCELLED)
    # Another shop's order of the same number, and what a browser says of one, are not meant.
    ingest(make_shop("other").orders, PLACED)
    ingest(shop.server, track("Agreed", userId="K-7", anonymousId="v1"))
    ingest(shop.browser, {**PLACED, "anonymousId": "v1"})
    run_jobs()
    assert [type(event) for event in told()] == [OrderReceived]
    clock.advance(minutes=5)
    ingest(shop.orders, PLACED)
    run_jobs()
    assert [type(event) for event in told()][1:] == [OrderReceived, OrderCancelled]


@pytest.mark.django_db(databases=ENGAGE, transaction=True)
@pytest.mark.skipif("connections['engage'].vendor != 'postgresql'", reason="SQLite has one writer")
def test_of_two_transactions_neither_sees_the_others_row() -> None:
    shop = make_shop()
    stored, go = threading.Event(), threading.Event()

    def edge() -> None:
        with store.group(Side.ENGAGE, "slow"):
            ingest(shop.orders, PLACED)
            stored.set()
            go.wait(20)
        connections["engage"].close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(edge)
        assert stored.wait(20)
        ingest(shop.orders, {**CANCELLED, "userId": "K-8"})
        go.set()
        slow.result(20)
    run_jobs()
    assert [type(event) for event in told()] == [OrderReceived, OrderCancelled]
