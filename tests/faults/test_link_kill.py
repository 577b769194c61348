"""The worker is killed again and again in the middle of its work; nothing is lost or done twice."""

from __future__ import annotations

import mmap
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.engage.tracking.events import OrderCancelled, OrderLine, OrderReceived
from kundenkreis.kernel import events, store
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.link import queries, rebuild
from kundenkreis.link.tests import notes
from tests.faults.link_nursery import DONE, INSIDE, OUTSIDE
from tests.faults.processes import ROOT, environment

pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

KILLS = 200
START = datetime(2026, 11, 21, 12, tzinfo=UTC)
LINE = OrderLine(1, "T", "Tasse", Decimal(1), Decimal(1), Decimal(19), 100)


class Nursery:
    """The parent of the workers, and the byte that says where the present one is."""

    def __init__(self, folder: Path, *options: str) -> None:
        byte = folder / "place"
        byte.write_bytes(b"\0")
        with byte.open("r+b") as file:
            self.place = mmap.mmap(file.fileno(), 1)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.link_nursery", str(byte), *options],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def life(self, dice: random.Random, wanted: int) -> int:
        """Raise a worker, kill it a random moment after it got where wanted; where it died."""
        worker = self._raise()
        until = time.monotonic() + 2
        while self.place[0] != wanted and time.monotonic() < until:
            time.sleep(0.0002)
        time.sleep(dice.random() * 0.004 if wanted == INSIDE else 0)
        self._end(worker, signal.SIGKILL)
        return self.place[0]

    def full_life(self) -> None:
        """Raise a worker and stop it when nothing is left to do."""
        worker = self._raise()
        until_quiet()
        self._end(worker, signal.SIGTERM)

    def _raise(self) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.place[0] = OUTSIDE
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def _end(self, worker: int, number: signal.Signals) -> None:
        assert self.process.stdout
        os.kill(worker, number)
        assert self.process.stdout.readline() == "dead\n"

    def close(self) -> None:
        # With everything it raised: a test that failed may have left a worker running.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=10)
        self.place.close()


@pytest.fixture
def nurseries(tmp_path: Path) -> Iterator[list[Nursery]]:
    made: list[Nursery] = []
    yield made
    for nursery in made:
        nursery.close()


@dataclass
class Shop:
    """A shop that goes on reporting while workers die."""

    orders: int = 0
    noted: int = 0

    def report(self, *, noting: bool = True) -> None:
        """An order among other steps of the same person, notes, now and then a cancellation."""
        with store.group(Side.ENGAGE, "test"):
            self.orders += 1
            self.noted = self.orders if noting else self.noted
            number, link = self.orders, UUID(int=self.orders % 40 + 1)
            steps = [
                Touchpoint(link, "visit", START, "engage.page:1", {}, f"v|{number}|{step}")
                for step in range(2)
            ]
            order = OrderReceived(
                link_id=link,
                namespace="shop",
                source="server",
                order_id=f"A{number}",
                placed_at=START + timedelta(minutes=number),
                net_minor=100,
                tax_minor=19,
                gross_minor=119,
                currency="EUR",
                lines=(LINE,),
                customer={"last_name": f"Nr. {link}", "email": f"{link}@example.org"},
            )
            events.publish(steps[0], order, steps[1])
            for step in range(2 if noting else 0):
                events.publish(notes.Noted(key=str(number % 7), text=f"{number}.{step}"))
            if number % 5 == 0:
                events.publish(OrderCancelled(link, "shop", f"A{number - 1}", START))

    def notes_of(self, key: int) -> list[str]:
        numbers = range(1, self.noted + 1)
        return [f"{n}.{step}" for n in numbers if n % 7 == key for step in range(2)]


def until_quiet() -> None:
    until = time.monotonic() + 90
    while any(one.sent or one.waiting for one in queries.health(ANNA)):
        assert time.monotonic() < until, queries.health(ANNA)
        time.sleep(0.02)


def wrong(shop: Shop) -> list[str]:
    """Differences between the sides and a rebuild; notes and audit tell what happened twice."""
    found = rebuild.differences()
    for key in range(7):
        if notes.written(str(key)) != shop.notes_of(key):
            found.append(f"notes of {key} are not those that were sent, once and in order")
    created = AuditEntry.objects.using("default").filter(
        action="create", target__startswith="crm.order:"
    )
    if created.count() != shop.orders:
        found.append(f"{created.count()} orders were created, {shop.orders} were sent")
    return found


def one_more_worker() -> None:
    """Start a worker as an administrator does, let it do the rest, and stop it."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "kundenkreis.config.main", "serve", "worker"],
        cwd=ROOT,
        env=environment(),
    )
    try:
        until_quiet()
    finally:
        worker.terminate()
        assert worker.wait(10) == 0


def test_f04_a_worker_killed_two_hundred_times_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, nurseries: list[Nursery]
) -> None:
    shop, dice = Shop(), random.Random(20261121)
    nurseries.append(Nursery(tmp_path))
    died = {OUTSIDE: 0, INSIDE: 0, DONE: 0}
    for _ in range(2 * KILLS):
        shop.report()
        died[nurseries[0].life(dice, dice.choice([INSIDE, DONE]))] += 1
        if died[INSIDE] + died[DONE] >= KILLS and died[DONE]:
            break
    assert died[INSIDE] + died[DONE] >= KILLS, died
    nurseries[0].full_life()
    assert wrong(shop) == []
    shop.report(noting=False)
    one_more_worker()
    assert wrong(shop) == []


def test_control_acknowledging_in_a_second_transaction_does_things_twice(
    tmp_path: Path, nurseries: list[Nursery]
) -> None:
    shop, dice = Shop(), random.Random(20261121)
    nurseries.append(Nursery(tmp_path, "--apart"))
    for _ in range(20):
        shop.report()
        nurseries[0].life(dice, DONE)
    nurseries[0].full_life()
    assert wrong(shop) != []
