"""F06: the disk is full. Writes are refused with words, reading goes on, what was acknowledged is
there, and nothing needs a restart once there is room."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connections

from kundenkreis.crm.sales.models import Competitor
from kundenkreis.kernel import audit, store
from kundenkreis.kernel.mail.sending import send_mails
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH
from tests.faults.staff import Anna, Role, anna, problem, running

pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

ROOM = 600_000  # bytes that the database may still grow by
TEXT = "x" * 20_000
MOST = 1_000  # records, until a disk with so little room must be full
ELSEWHERE = {"User-Agent": "another browser"}


def database() -> Path:
    return Path(str(connections["default"].settings_dict["NAME"]))


@contextmanager
def no_room(roles: dict[str, Role], room: int = ROOM) -> Iterator[None]:
    """None of the processes may let the database grow much longer, as on a disk that is full."""
    with connections["default"].cursor() as cursor:
        cursor.execute("VACUUM")  # room inside of the file is room, too
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    most = database().stat().st_size + room
    members = [pid for role in roles.values() for pid in role.members]
    for pid in members:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, -1))
    try:
        yield
    finally:
        for pid in members:
            with suppress(ProcessLookupError):  # a helper of the worker that is done
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (-1, -1))


def a_job_is_done(within: float) -> bool:
    """Whether the worker does something that is asked of it."""
    with store.group(Side.CRM, "test"):
        send_mails.enqueue()
    mine, end = Job.objects.using("default").latest("id"), time.monotonic() + within
    while time.monotonic() < end:
        mine.refresh_from_db(using="default")
        if mine.state == Job.State.DONE:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def somebody() -> Anna:
    if connections["default"].vendor != "sqlite":
        pytest.skip("the disk of a database server is not ours to fill")
    return anna()


def test_f06_a_full_disk_refuses_writes_and_nothing_else(
    somebody: Anna, capsys: pytest.CaptureFixture[str]
) -> None:
    with running("inner", "worker") as roles:
        inner, program = roles["inner"], roles["inner"].client()
        browser = somebody.browser(inner)
        browser.get("/crm/competitors/")
        assert somebody.make(program, "before").status == 201
        with no_room(roles):
            number = 0
            while sum(somebody.said.values()) - len(somebody.acknowledged) < 5 and number < MOST:
                number += 1
                answer = somebody.make(program, f"Firm {number}", strengths=TEXT)
            assert (answer.status, problem(answer)) == (507, "full")
            assert set(somebody.said) == {201, 507}, somebody.said
            taken = len(somebody.acknowledged)

            assert program.get("/api/v1/competitors", **somebody.program).status == 200
            # From elsewhere: that she was seen there is to be kept, and cannot.
            for page in ("/crm/competitors/", "/crm/persons/", "/", "/health/"):
                assert browser.get(page, **ELSEWHERE).status == 200, page
            refused = browser.submit("/crm/competitors/new/", {"name": "Form", "strengths": TEXT})
            assert refused.status == 507
            assert "The disk of the server is full" in refused.text
            assert "Traceback" not in refused.text

        assert somebody.make(program, "after").status == 201
        saved = browser.submit("/crm/competitors/new/", {"name": "Form"})
        assert saved.status == 302
        assert roles["worker"].process.poll() is None
        assert a_job_is_done(within=20)

    names = set(Competitor.objects.values_list("name", flat=True))
    with capsys.disabled():
        print(f"\nF06: {dict(somebody.said)}, {taken} acknowledged before it was full")  # noqa: T201
    assert names == {*somebody.acknowledged, "Form"}
    assert Competitor.objects.count() == len(somebody.acknowledged) + 1
    for alias in BOTH:
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
    assert not [found for side in Side for found in audit.verify(side)]
