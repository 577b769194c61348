"""A worker that is killed in the middle of an import: another one goes on, and no row comes twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db.models import Count

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.kernel import clock
from kundenkreis.kernel.models import AuditEntry, Job
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import jobs, named
from kundenkreis.records.exchange import commands
from kundenkreis.records.exchange.table import RESULTS, logged, place
from kundenkreis.records.models import Transfer
from tests.faults.processes import ROOT, environment

pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

KILLS, ROWS = 2, 1_000
WORKER = """
import time
import django
django.setup()
from kundenkreis.kernel.jobs.runner import run_due
from kundenkreis.kernel.sides import Side
while True:
    run_due(Side.CRM)
    time.sleep(0.01)
"""


def worker() -> subprocess.Popen[bytes]:
    """A process that does nothing but the jobs of one side, as the role `worker` does them."""
    from django.conf import settings

    known = {**environment(), "KUNDENKREIS_HOME": str(settings.FOLDERS["crm"].parent)}
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=known)


def end(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    # Nobody would take its job over before the lease is over, which is a minute.
    running = Job.objects.using("default").filter(state=Job.State.RUNNING)
    running.update(lease_until=clock.now() - timedelta(seconds=1))


def test_f02_an_import_whose_worker_is_killed_goes_on_and_takes_each_row_once() -> None:
    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email="anna@example.org", name="Anna", password="drei bunte Vögel",
        roles=["administrator"], language="en",
    )  # fmt: skip
    anna, kind, dice = viewer_of(user), named("person"), random.Random(20261127)
    text = "last name;email\n" + "".join(f"N{n};n{n}@example.org\n" for n in range(ROWS))
    transfer = commands.start_import(kind, anna, [("a.csv", [text.encode()])])
    jobs.begin(kind.side, transfer)
    deaths = KILLS
    until = time.monotonic() + 150
    process = worker()
    try:
        while transfer.state != Transfer.State.DONE:
            assert time.monotonic() < until, (transfer.state, transfer.position, transfer.problem)
            time.sleep(0.02)
            transfer.refresh_from_db()
            if transfer.state == Transfer.State.ASKING:
                must = {"source": "x", "legal_basis": "contract"}
                commands.decide_import(kind, anna, transfer, {"constants": must})
                jobs.begin(kind.side, transfer)
            elif transfer.state == Transfer.State.CHECKED:
                commands.run_import(kind, anna, transfer)
                jobs.begin(kind.side, transfer)
            elif (
                deaths and transfer.state == Transfer.State.RUNNING and 0 < transfer.position < ROWS
            ):
                deaths -= 1
                time.sleep(dice.random() * 0.3)
                end(process)
                process = worker()
    finally:
        end(process)
    assert not deaths  # it really died in the middle, that often
    assert {n: c for n, c in transfer.counts.items() if c} == {"created": ROWS}
    assert Person.objects.count() == ContactDetail.objects.count() == ROWS
    assert not Person.objects.values("last_name").annotate(n=Count("id")).filter(n__gt=1).exists()
    results = [one["row"] for one in logged(place(kind.side, transfer, RESULTS))]
    assert results == list(range(ROWS))
    of_it = AuditEntry.objects.using("default").filter(batch=transfer.batch)
    assert of_it.count() == 2 * ROWS
