"""F09 and F10: a receiver that is away for hours, hangs, answers without end or points away.

The clock is frozen and moved; receivers are real servers. Prints what arrived when.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.webhooks import commands
from kundenkreis.crm.webhooks.jobs import note_and_wake
from kundenkreis.crm.webhooks.models import Message
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.egress import dialling
from kundenkreis.kernel.egress.tests.receivers import OK, Receiver, endless, receiver
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named, write

# The audit is read as a log: on PostgreSQL only what is committed.
pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

BAD = b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def now(settings: Any) -> Iterator[FrozenClock]:
    settings.EGRESS_ALLOWED = "127.0.0.0/8"
    with clock.freeze("2030-03-01T06:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def olga(now: FrozenClock) -> Viewer:
    accounts.create_shipped_roles(actor=ANNA)
    user = accounts.create_user(
        actor=ANNA, email="olga@example.org", name="Olga", roles=["administrator"]
    )
    now.advance(seconds=1)  # nobody is told of her
    return viewer_of(user)


class Switched:
    """Says OK or 503, as it is told."""

    def __init__(self) -> None:
        self.up = True

    def __call__(self, wire: socket.socket, _over: threading.Event) -> None:
        wire.sendall(OK if self.up else BAD)


def hook(actor: Viewer, server: Receiver, name: str) -> int:
    address = f"http://127.0.0.1:{server.port}/{name}"
    return commands.add_webhook(actor=actor, name=name, address=address)[0].pk


def work() -> None:
    note_and_wake()
    runner.run_due(Side.CRM, attended=False)


def told(server: Receiver) -> list[tuple[int, int]]:
    """Number and version of each person it was told of."""
    data = [json.loads(text.partition(b"\r\n\r\n")[2])["data"] for text in server.heard]
    return [(one["id"], one["version"]) for one in data]


def test_f09_six_hours_away_lose_nothing_keep_the_order_and_harm_nobody_else(
    olga: Viewer, now: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, say = named("person"), Switched()
    with receiver(say) as flaky, receiver() as steady:
        for server, name in ((flaky, "flaky"), (steady, "steady")):
            hook(olga, server, name)
        work()
        say.up = False
        persons = [people.create_person(actor=olga, last_name=f"P{n}").pk for n in range(5)]
        waits = []
        for minute in range(6 * 60):
            now.advance(minutes=1)
            if minute % 60 == 0:
                for pk in persons:
                    write.change(kind, olga, pk, None, {"first_name": f"v{minute}"})
            before = len(steady.heard)
            work()
            if minute % 60 == 0:
                waits.append(len(steady.heard) - before)
        attempts = len(flaky.heard)
        assert min(waits) >= 5  # whoever is there was told within the same minute
        flaky.heard.clear()
        say.up = True
        needed = Message.objects.filter(webhook__name="flaky", state="waiting").count()
        minutes = 0
        while minutes < 15:
            minutes += 1
            now.advance(minutes=1)
            work()
            if not Message.objects.filter(state=Message.State.WAITING).exists():
                break
    left = Message.objects.exclude(state=Message.State.DELIVERED).count()
    arrived = told(flaky)
    with capsys.disabled():
        print(  # noqa: T201 - a test of faults prints what it counted
            f"\nF09: {attempts} attempts in 6 h; {needed} waited, {len(arrived)} arrived within "
            f"{minutes} min; {left} left; the other receiver had {len(steady.heard)}"
        )
    assert left == 0
    assert len(arrived) == needed == 5 * 7
    ids = [json.loads(text.partition(b"\r\n\r\n")[2])["id"] for text in flaky.heard]
    order = {str(uuid): pk for uuid, pk in Message.objects.values_list("uuid", "pk")}
    for pk in persons:
        mine = [order[one] for one, (row, _version) in zip(ids, arrived, strict=True) if row == pk]
        assert mine == sorted(mine)
        assert len(mine) == 7
    assert attempts < 6 * 60  # it is left alone between


def test_f09_after_three_days_it_is_given_up_and_visible(olga: Viewer, now: FrozenClock) -> None:
    say = Switched()
    say.up = False
    with receiver(say) as server:
        hook(olga, server, "dead")
        people.create_person(actor=olga, last_name="Kern")
        for _ in range(75):
            work()
            now.advance(hours=1)
        tried = len(server.heard)
        assert 50 < tried < 80
        work()
        assert len(server.heard) == tried
    message = Message.objects.get()
    assert (message.state, message.status, message.attempts) == ("dead", 503, tried)


def test_f09_one_record_that_is_refused_holds_back_only_itself(
    olga: Viewer, now: FrozenClock
) -> None:
    kind = named("person")
    poison = people.create_person(actor=olga, last_name="Gift").pk
    other = people.create_person(actor=olga, last_name="Gut").pk
    while note_and_wake():
        pass
    now.advance(minutes=1)

    def say(wire: socket.socket, _over: threading.Event) -> None:
        last = json.loads(server.heard[-1].partition(b"\r\n\r\n")[2])
        wire.sendall(BAD if last["data"]["id"] == poison else OK)

    with receiver(say) as server:
        hook(olga, server, "picky")
        for step in range(4):
            for pk in (poison, other):
                write.change(kind, olga, pk, None, {"first_name": f"v{step}"})
        work()
        assert [pk for pk, _v in told(server)].count(other) == 4
        assert [pk for pk, _v in told(server)].count(poison) == 1
    waiting = Message.objects.filter(state=Message.State.WAITING)
    assert set(waiting.values_list("target", flat=True)) == {f"crm.person:{poison}"}


@pytest.mark.parametrize("sort", ["hangs", "endless"])
def test_f10_a_receiver_that_hangs_or_never_ends_costs_a_bounded_time_and_memory(
    olga: Viewer, now: FrozenClock, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """The ten seconds are one here, so that the test is short; `test_dialling` holds the number."""
    monkeypatch.setattr(dialling.Egress.__init__, "__defaults__", _sooner())

    def hangs(_wire: socket.socket, over: threading.Event) -> None:
        over.wait(60)

    with receiver(hangs if sort == "hangs" else endless) as bad, receiver() as good:
        for server, name in ((bad, "bad"), (good, "good")):
            hook(olga, server, name)
        for number in range(10):
            people.create_person(actor=olga, last_name=f"P{number}")
        begun = time.monotonic()
        work()
        took = time.monotonic() - begun
        assert len(good.heard) == 10
        if sort == "hangs":
            assert bad.connections == 1  # one try, then it is left alone
            assert took < 10
            assert Message.objects.filter(problem="TimeoutError").count() == 1
        else:
            assert len(bad.heard) == 10  # the status is an answer, the body is cut


def _sooner() -> tuple[Any, ...]:
    defaults = dialling.Egress.__init__.__defaults__ or ()
    return tuple(1.0 if one == dialling.SECONDS else one for one in defaults)
