"""News are pushed to browsers: how many, never of whom, and only to who wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.work import jobs
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import PushBrowser
from kundenkreis.crm.work.notice_commands import choose_ways
from kundenkreis.kernel import clock, held
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.egress.tests.receivers import Receiver, receiver, says
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.kernel.tests.browsers import StandIn, decrypt
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

URL = "/inbox/push/"


@pytest.fixture
def now(company: Company, settings: Any) -> Iterator[FrozenClock]:
    settings.PUSH_ALLOWED = "127.0.0.0/8"
    User.objects.filter(pk=company.ben.pk).update(language="de")
    with clock.freeze("2030-03-01T12:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def service(now: FrozenClock) -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def phone(service: Receiver, ben: Client) -> StandIn:
    """A browser of Ben's, which he has asked to be told by."""
    made = StandIn(f"http://127.0.0.1:{service.port}/wp/1")
    asked(ben, made)
    return made


@pytest.fixture
def ben(company: Company, logged_in: Any) -> Client:
    return logged_in(company.ben)


def asked(client: Client, browser: StandIn) -> int:
    known = browser.browser
    values = {"endpoint": known.endpoint, "key": known.key, "auth": known.auth}
    return client.post(URL, values).status_code


def mention(company: Company, now: FrozenClock) -> None:
    now.advance(seconds=1)
    text = "@Ben, geheim"
    add_activity(actor=viewer_of(company.anna), about=company.person, text=text)


def work(now: FrozenClock) -> None:
    now.advance(seconds=20)
    jobs.push_news()
    runner.run_due(Side.CRM, attended=False)


def test_a_browser_is_told_how_many_news_there_are_and_nothing_of_anybody(
    company: Company, now: FrozenClock, service: Receiver, phone: StandIn
) -> None:
    mention(company, now)
    mention(company, now)
    work(now)
    (text,) = service.heard
    head, _gap, body = text.partition(b"\r\n\r\n")
    assert b"Authorization: vapid t=" in head
    assert b"TTL: 86400" in head
    assert json.loads(decrypt(phone, body)) == {
        "title": "2 Neuigkeiten in Kundenkreis", "url": "/inbox/",
    }  # fmt: skip
    work(now)
    assert len(service.heard) == 1  # once
    mention(company, now)
    work(now)
    assert b"geheim" not in service.heard[1]
    last = service.heard[1].partition(b"\r\n\r\n")[2]
    assert json.loads(decrypt(phone, last))["title"].startswith("3 ")


def test_who_does_not_want_it_or_has_read_it_is_not_told(
    company: Company, now: FrozenClock, service: Receiver, phone: StandIn, ben: Client
) -> None:
    choose_ways(actor=viewer_of(company.ben), ways={"mentioned": ["app"]}, hour=7)
    mention(company, now)
    work(now)
    choose_ways(actor=viewer_of(company.ben), ways={"mentioned": ["app", "push"]}, hour=7)
    mention(company, now)
    ben.post("/inbox/read/")
    work(now)
    assert service.connections == 0


def test_a_browser_that_may_not_come_in_any_more_is_not_told(
    company: Company, now: FrozenClock, service: Receiver, phone: StandIn
) -> None:
    mention(company, now)
    User.objects.filter(pk=company.ben.pk).update(is_active=False)
    work(now)
    assert service.connections == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    company: Company, now: FrozenClock, ben: Client, status: int
) -> None:
    with receiver(says(f"HTTP/1.1 {status} Gone\r\nContent-Length: 0\r\n\r\n".encode())) as gone:
        asked(ben, StandIn(f"http://127.0.0.1:{gone.port}/wp/1"))
        mention(company, now)
        work(now)
        assert not PushBrowser.objects.exists()
        mention(company, now)
        work(now)
        assert len(gone.heard) == 1


def test_a_push_service_that_is_away_is_asked_again_with_the_next_news_only(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    with receiver(says(busy)) as away:
        asked(ben, StandIn(f"http://127.0.0.1:{away.port}/wp/1"))
        mention(company, now)
        for _turn in range(3):
            work(now)
        assert len(away.heard) == 1
    assert PushBrowser.objects.exists()


def test_nothing_is_pushed_while_nothing_may_leave(
    company: Company, now: FrozenClock, service: Receiver, phone: StandIn
) -> None:
    assert held.begin_trial(actor=SYSTEM)
    mention(company, now)
    work(now)
    assert service.connections == 0
    held.release(actor=SYSTEM, why=held.Why.TRIAL)
    work(now)
    assert len(service.heard) == 1


def test_an_address_in_the_house_is_forgotten_and_not_dialled(
    company: Company, now: FrozenClock, service: Receiver, phone: StandIn, settings: Any
) -> None:
    settings.PUSH_ALLOWED = ""
    mention(company, now)
    work(now)
    assert service.connections == 0
    assert not PushBrowser.objects.exists()


def test_a_browser_is_noted_once_ended_by_its_user_and_takes_no_nonsense(
    company: Company, now: FrozenClock, ben: Client, logged_in: Any
) -> None:
    one = StandIn("https://push.example.org/1")
    assert asked(ben, one) == 204
    assert asked(ben, one) == 204
    assert PushBrowser.objects.get().user_id == company.ben.pk
    logged_in(company.carla).post(URL, {"endpoint": one.endpoint, "end": "1"})
    assert PushBrowser.objects.exists()  # not hers
    ben.post(URL, {"endpoint": one.endpoint, "end": "1"})
    assert not PushBrowser.objects.exists()
    for values in (
        {"endpoint": "javascript:1", "key": "x", "auth": "y"},
        {"endpoint": "https://push.example.org/1", "key": "x", "auth": "y"},
        {},
    ):
        assert ben.post(URL, values).status_code == 422
    assert not PushBrowser.objects.exists()


def test_the_worker_s_file_may_reach_every_page_and_the_settings_name_its_key(
    company: Company, ben: Client
) -> None:
    answer = ben.get("/push-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert "showNotification" in answer.text
    assert "kk-push" in ben.get("/inbox/settings/").text
