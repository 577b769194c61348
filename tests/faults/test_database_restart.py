"""F11: the database server is killed under load and started again. Who asks meanwhile is told to come
again, what was acknowledged is there, and neither pages nor worker need a restart."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from kundenkreis.kernel.mail.sending import send_mails
from kundenkreis.kernel.testing import BOTH
from tests import databases
from tests.faults.staff import Anna, Role, anna, running
from tools import postgresql

pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

PROGRAMS, BEFORE, AWAY = 4, 3.0, 1.5  # seconds before it is killed, and until it is started again
BACK_WITHIN = 10.0
CLOSED = 0  # there was no answer
LASTING = {"synchronous_commit": "on"}  # a killed server keeps what it said it would


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[postgresql.Server]:
    if connections["default"].vendor != "postgresql":
        pytest.skip("runs with the tests on PostgreSQL")
    monkeypatch.setattr(postgresql, "SETTINGS", {**postgresql.SETTINGS, **LASTING})
    with postgresql.restartable() as running:
        yield running


def moved(server: postgresql.Server) -> dict[str, str]:
    """The databases of this test, copied to the server that will be killed."""
    addresses = {}
    for alias, side in (("default", "CRM"), ("engage", "ENGAGE")):
        one, name = connections[alias].settings_dict, f"killed_{side.lower()}"
        address = server.address.rpartition("/")[0] + f"/{name}"
        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        connections[alias].close()
        dump = f"{server.folder}/{name}.dump"
        assert databases._run("pg_dump", one, "--format", "custom", "--file", dump, one["NAME"])
        there = {**one, "HOST": "127.0.0.1", "PORT": server.port, "USER": "kundenkreis",
                 "PASSWORD": server.password}  # fmt: skip
        assert databases._run("pg_restore", there, "--no-owner", "--dbname", name, dump)
        addresses[f"KUNDENKREIS_{side}_DATABASE"] = address
    names = {"default": "killed_crm", "engage": "killed_engage"}
    return addresses | {"KUNDENKREIS_TEST_DATABASES": json.dumps(names)}


class Load:
    """Programs that make a record after the other until they are told to stop."""

    def __init__(self, somebody: Anna, role: Role) -> None:
        self.somebody, self.role, self.stop = somebody, role, threading.Event()
        self.told_when = True  # to come again
        self.last: dict[int, float] = {}  # of each, when it was last acknowledged
        self.threads = [threading.Thread(target=self._run, args=(n,)) for n in range(PROGRAMS)]

    def _run(self, number: int) -> None:
        client, turn = self.role.client(), 0
        while not self.stop.is_set():
            turn += 1
            try:
                answer = self.somebody.make(client, f"Firm {number}/{turn}")
            except (OSError, HTTPException):
                # Who was told no before all was read finds the connection closed, and opens another.
                client.connection.close()
                self.somebody.said[CLOSED] += 1
                continue
            if answer.status == 201:
                self.last[number] = time.monotonic()
            else:
                self.told_when &= answer.again >= 1
                time.sleep(0.1)

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(30)


def asked_of(address: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(query.encode()).fetchall()


def a_job_is_done(address: str, within: float) -> bool:
    """Whether the worker does what is asked of it on that server."""
    made = (
        "INSERT INTO kernel_job (task, args, kwargs, lane, priority, created_at, due_at, state,"
        " attempts, fence, error) VALUES (%s, '[]', '{}', '', 0, now(), now(), 'ready', 0, 0, '')"
        " RETURNING id"
    )
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(made, [send_mails.module_path]).fetchone()
        assert row
        end = time.monotonic() + within
        while time.monotonic() < end:
            found = connection.execute("SELECT state FROM kernel_job WHERE id = %s", row).fetchone()
            if found == ("done",):
                return True
            time.sleep(0.1)
    return False


def test_f11_a_killed_database_costs_nobody_what_was_acknowledged(
    server: postgresql.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    somebody = anna()
    known = moved(server)
    crm = known["KUNDENKREIS_CRM_DATABASE"]
    with running("inner", "worker", **known) as roles:
        inner, browser = roles["inner"], somebody.browser(roles["inner"])
        assert browser.get("/crm/competitors/").status == 200
        with Load(somebody, inner) as load:
            time.sleep(BEFORE)
            server.kill()
            time.sleep(AWAY)
            page = browser.get("/crm/competitors/")
            assert (page.status, page.again) == (503, 5)
            assert inner.client().get("/health/").status == 200
            server.start()
            started = time.monotonic()
            end = started + BACK_WITHIN
            while min(load.last.values()) < started and time.monotonic() < end:
                time.sleep(0.05)
            back = max(load.last.values()) - started
            assert min(load.last.values()) > started, "not all of them are back"
            time.sleep(1)
        assert load.told_when
        browser = somebody.browser(inner)
        assert browser.get("/crm/competitors/").status == 200
        assert roles["worker"].process.poll() is None
        assert a_job_is_done(crm, within=20)
        stored = {name for (name,) in asked_of(crm, "SELECT name FROM crm_sales_competitor")}
    lost = set(somebody.acknowledged) - stored
    with capsys.disabled():
        print(  # noqa: T201
            f"\nF11: {dict(Counter(somebody.said))}, {len(lost)} of {len(somebody.acknowledged)} "
            f"acknowledged ones lost, back after {back:.1f} s"
        )
    assert not lost
    assert set(somebody.said) - {CLOSED} == {201, 503}
    assert somebody.said[CLOSED] <= somebody.said[503]
    audited = asked_of(
        crm, "SELECT count(*) FROM kernel_auditentry WHERE target LIKE '%competitor%'"
    )
    assert audited == [(len(stored),)]


def test_f11_control_a_server_that_says_it_kept_what_it_did_not_loses_some(
    server: postgresql.Server,
) -> None:
    """With `synchronous_commit` off it acknowledges before anything is written: some of it is gone."""
    server.kill()
    postgresql.SETTINGS["synchronous_commit"] = "off"
    postgresql.SETTINGS["wal_writer_delay"] = "10s"
    server.start()
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (n int)")
        connection.execute("CHECKPOINT")
        for number in range(200):
            connection.execute("INSERT INTO t VALUES (%s)", [number])
        server.kill()
    server.start()
    with psycopg.connect(server.address) as connection:
        left = connection.execute("SELECT count(*) FROM t").fetchone()
    assert left is not None
    assert left[0] < 200
