"""An import that is killed again and again is simply started again; each row counts once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.crm.sales.models import Order, OrderLine
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.testing import BOTH
from tests.faults.processes import ROOT, environment

pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

KILLS = 5
ORDERS, LINES, CUSTOMERS = 4_000, 3, 300
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def write(path: Path) -> None:
    rows = [
        f"{n},S{line},Cup,2,2011-01-{n % 28 + 1:02} 10:00:00,1.25,{n % CUSTOMERS + 1},Germany"
        for n in range(ORDERS)
        for line in range(LINES)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")


def start(path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kundenkreis.config.main", "import", "orders", str(path)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)


def test_f02_an_import_killed_in_the_middle_goes_on_and_takes_each_row_once(tmp_path: Path) -> None:
    path, dice = tmp_path / "orders.csv", random.Random(20261121)
    write(path)
    for _ in range(KILLS):
        before = Order.objects.count()
        running = start(path)
        until = time.monotonic() + 60
        while Order.objects.count() == before and running.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(dice.random() * 0.3)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    interrupted = Order.objects.count()
    assert 0 < interrupted < ORDERS
    assert start(path).wait(120) == 0

    assert Order.objects.count() == ORDERS
    assert OrderLine.objects.count() == ORDERS * LINES
    assert Order.objects.aggregate(n=Sum("net_minor"))["n"] == ORDERS * LINES * 250
    assert Person.objects.count() == Profile.objects.count() == CUSTOMERS
    assert TimelineEntry.objects.count() == Event.objects.count() == ORDERS
    twice = Event.objects.values("key").annotate(n=Count("id")).filter(n__gt=1)
    assert not twice.exists()
    assert not Cursor.objects.using("default").filter(name__startswith="import.").exists()
