"""F22: far more requests than the staff pages can answer. Who is let in is answered as usual, the
others are told when to come again, at once or after a moment in line, and afterwards it is as before."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from bench._tools import percentile
from kundenkreis.config.admission import Admission, Line, NoPlace
from kundenkreis.config.limits import AT_ONCE, IN_LINE, OF_PROGRAMS, OF_STRANGERS, PATIENCE
from kundenkreis.crm.accounts import devices
from kundenkreis.kernel.testing import BOTH
from tests.faults.crowd import LOST, Said, ask_at_once, ask_in_turns, request
from tests.faults.staff import anna, running

pytestmark = [pytest.mark.django_db(databases=BOTH, transaction=True), pytest.mark.fault]

SECONDS = 4
TOO_MANY = 8  # times as many as it has just shown that it answers of the slower kind
PAGE, LIST, LOGIN = "/crm/competitors/", "/api/v1/competitors", "/account/login/"


class Held:
    """An application whose requests take until the test lets them go."""

    def __init__(self) -> None:
        self.go, self.inside = threading.Event(), threading.Semaphore(0)
        self.working: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path != "/health/":
            self.working[path] += 1
            self.inside.release()
            self.go.wait(20)
        start_response("200 OK", [])
        return [b""]


def ask(application: Any, path: str, **more: str) -> tuple[int, dict[str, str]]:
    said: list[tuple[int, dict[str, str]]] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), **more}
    application(environ, lambda status, headers: said.append((int(status[:3]), dict(headers))))
    return said[0]


def filled(application: Any, held: Held, path: str, expected: int, pool: Any) -> list[Any]:
    """So many at once that some must go; returns what becomes of them."""
    asked = [pool.submit(ask, application, path) for _ in range(expected)]
    for _ in range(expected):
        assert held.inside.acquire(timeout=10)
    return asked


def test_f22_as_many_as_there_are_places_work_and_the_rest_is_sent_away_at_once() -> None:
    held = Held()
    application = Admission(held)
    with ThreadPoolExecutor(AT_ONCE + IN_LINE) as pool:
        working = filled(application, held, PAGE, AT_ONCE, pool)
        line = [pool.submit(ask, application, PAGE) for _ in range(IN_LINE)]
        while application._all._waiting._value:  # until all of them stand there
            time.sleep(0.001)
        begun = time.monotonic()
        status, headers = ask(application, PAGE)
        assert time.monotonic() - begun < PATIENCE / 2
        assert (status, headers["Retry-After"]) == (503, "5")
        told = [one.result(10)[0] for one in line]  # nobody left within their patience
        assert ask(application, "/health/")[0] == 200
        held.go.set()
        assert {one.result(10)[0] for one in working} == {200}
    assert set(told) == {503}
    assert held.working[PAGE] == AT_ONCE
    assert ask(application, PAGE)[0] == 200


def test_f22_programs_never_take_the_places_of_people() -> None:
    held = Held()
    application = Admission(held)
    with ThreadPoolExecutor(AT_ONCE * 2) as pool:
        programs = filled(application, held, LIST, OF_PROGRAMS, pool)
        status, headers = ask(application, LIST)
        assert (status, headers["Content-Type"]) == (503, "application/problem+json")
        people = filled(application, held, PAGE, AT_ONCE - OF_PROGRAMS, pool)
        held.go.set()
        assert {one.result(10)[0] for one in [*programs, *people]} == {200}


def test_f22_strangers_at_the_door_never_take_the_places_of_people() -> None:
    held, known, answer = Held(), RequestFactory().get("/"), HttpResponse()
    devices.remember(known, answer, "anna@example.org")
    cookie = answer.cookies.output(attrs=[], header="", sep=";")
    application = Admission(held)
    with ThreadPoolExecutor(AT_ONCE * 2) as pool:
        strangers = filled(application, held, LOGIN, OF_STRANGERS, pool)
        assert ask(application, LOGIN)[0] == 503
        anna = pool.submit(ask, application, LOGIN, HTTP_COOKIE=cookie)
        assert held.inside.acquire(timeout=10)
        people = filled(application, held, PAGE, AT_ONCE - OF_STRANGERS - 1, pool)
        held.go.set()
        assert {one.result(10)[0] for one in [*strangers, *people, anna]} == {200}


def test_f22_what_strangers_send_slowly_never_takes_the_places_of_people() -> None:
    held, elsewhere = Held(), "/preferences/language/"
    application = Admission(held)
    with ThreadPoolExecutor(AT_ONCE * 2) as pool:
        slow = [
            pool.submit(ask, application, elsewhere, REQUEST_METHOD="POST")
            for _ in range(OF_STRANGERS)
        ]
        for _ in slow:
            assert held.inside.acquire(timeout=10)
        assert ask(application, elsewhere, REQUEST_METHOD="POST")[0] == 503
        people = filled(application, held, PAGE, AT_ONCE - OF_STRANGERS, pool)
        held.go.set()
        assert {one.result(10)[0] for one in [*slow, *people]} == {200}


def test_f22_who_is_in_line_gets_the_place_that_becomes_free() -> None:
    line, got = Line(1, 1), threading.Event()

    def wait() -> None:
        with line.place(patience=20):
            got.set()

    with ThreadPoolExecutor(1) as pool:
        with line.place():
            waiting = pool.submit(wait)
            while line._waiting._value:  # until it stands there
                pass
            with pytest.raises(NoPlace), line.place(patience=20):  # the line is full: at once
                pass
            assert not got.is_set()
        waiting.result(10)
    assert got.is_set()


def test_what_people_read_who_are_sent_away() -> None:
    application = Admission(Held())
    with ExitStack() as places:
        for _ in range(AT_ONCE):
            places.enter_context(application._all.place())
        _status, german = ask(application, PAGE, HTTP_ACCEPT_LANGUAGE="de")
        _status, part = ask(application, PAGE, HTTP_HX_REQUEST="true", HTTP_ACCEPT_LANGUAGE="en")
    assert german["Content-Language"] == "de"
    assert "too much to do" in part["HX-Trigger"]


def overload(*, open_doors: bool) -> tuple[list[Said], list[Said], list[Said]]:
    """What became of the crowd, of those who asked for `/health/` meanwhile, and of one afterwards."""
    somebody = anna()
    cookie = "; ".join(f"{name}={value}" for name, value in somebody.cookies.items())
    page = request(PAGE, Cookie=cookie, Accept_Language="en")
    program = request(LIST, Authorization=f"Bearer {somebody.key}")
    known = {"KUNDENKREIS_TEST_OPEN_DOORS": "1"} if open_doors else {}
    with running("inner", **known) as roles, ThreadPoolExecutor(1) as pool:
        port = roles["inner"].port
        for warm in (page, program):
            ask_in_turns(port, warm, people=6, seconds=2)
        calm = [ask_in_turns(port, asked, people=6, seconds=2) for asked in (page, program)]
        rate = TOO_MANY * min(len(said) for said in calm) / 2
        health = pool.submit(
            ask_in_turns, port, request("/health/"), people=1, seconds=float(SECONDS)
        )
        said = ask_at_once(port, [page, program], rate=rate, seconds=SECONDS)
        after = ask_in_turns(port, page, people=1, seconds=1)
        return said, health.result(), after


def told(said: list[Said], status: int) -> str:
    """How many, and after how long: half of them, 95 and 99 of a hundred."""
    took = [one.seconds for one in said if one.status == status]
    half, most, nearly_all = (percentile(took, share) for share in (0.5, 0.95, 0.99))
    return f"{len(took)} × {status} ({half:.2f}, {most:.2f}, {nearly_all:.2f} s)"


def test_f22_a_crowd_is_shed_and_who_is_let_in_is_answered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said, health, after = overload(open_doors=False)
    statuses = Counter(one.status for one in said)
    with capsys.disabled():
        print(f"\nF22: {told(said, 200)}, {told(said, 503)}, {statuses[LOST]} lost; "  # noqa: T201
              f"health {told(health, 200)}, afterwards {told(after, 200)}")  # fmt: skip
    assert set(statuses) <= {200, 503, LOST}
    assert statuses[503] > statuses[200] > 0
    assert statuses[LOST] <= len(said) // 50
    assert {one.again for one in said if one.status == 503} == {"5"}
    answered = Counter(one.path for one in said if one.status == 200)
    assert answered[PAGE] > 0
    assert answered[LIST] > 0
    assert {one.status for one in health} == {200}
    assert {one.status for one in after} == {200}


def test_f22_control_with_open_doors_nobody_is_sent_away_and_all_wait(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said, _health, _after = overload(open_doors=True)
    with capsys.disabled():
        print(f"\nF22, open doors: {told(said, 200)}, {told(said, LOST)} lost")  # noqa: T201
    assert 503 not in {one.status for one in said}
    waited = percentile([one.seconds for one in said if one.status == 200], 0.5)
    assert waited > 1 or LOST in {one.status for one in said}
