"""F06 and F11, what people and programs are told: a database that takes nothing or does not answer
at all is no error of ours, keeps nobody from reading, and the request may come again."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.test import Client

from kundenkreis.api import limits, requests
from kundenkreis.api.testing import V1
from kundenkreis.crm.accounts.sessions import FROM, SessionStore
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.shell import errors
from tests.faults.failing import ALL, BUSY, FULL, failing
from tests.faults.staff import Anna, anna

pytestmark = pytest.mark.django_db(databases=BOTH)

PAGE, ELSEWHERE = "/crm/competitors/", {"User-Agent": "another browser"}


@pytest.fixture
def somebody() -> Anna:
    return anna()


@pytest.fixture
def browser(somebody: Anna) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies.load(somebody.cookies)
    assert client.get(PAGE).status_code == 200
    return client


def program(somebody: Anna, method: str, path: str, body: object = None) -> Any:
    return Client(raise_request_exception=False).generic(
        method, V1 + path, json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Bearer {somebody.key}"},
    )  # fmt: skip


def test_f06_a_form_that_could_not_be_saved_says_why(browser: Client) -> None:
    with failing(FULL):
        answer = browser.post(f"{PAGE}new/", {"name": "A"})
        part = browser.post(f"{PAGE}new/", {"name": "A"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Retry-After"]) == (507, "60")
    assert "The disk of the server is full" in answer.text
    assert part.status_code == 507
    assert "The disk of the server is full" in json.loads(part["HX-Trigger"])["toast"]["text"]


def test_f06_a_program_reads_why(somebody: Anna) -> None:
    with failing(FULL):
        answer = program(somebody, "POST", "competitors", {"name": "A"})
        assert program(somebody, "GET", "competitors").status_code == 200
    assert (answer.status_code, answer["Retry-After"]) == (507, "60")
    assert answer.json()["type"] == "urn:kundenkreis:problem:full"


def test_f06_a_program_reads_where_not_even_its_requests_can_be_counted(
    somebody: Anna, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: object) -> int:
        raise OSError(number, "refused")

    settings.API_RATE, settings.API_RATES = 50, tmp_path
    monkeypatch.setattr(limits.os, "pwrite", write)
    number = errno.ENOSPC
    assert program(somebody, "GET", "competitors").status_code == 200
    number = errno.EIO  # the control: that is no matter of room
    assert program(somebody, "GET", "competitors").status_code == 500


def test_f06_that_somebody_was_seen_need_not_be_kept(browser: Client) -> None:
    with failing(FULL):
        assert browser.get(PAGE, headers=ELSEWHERE).status_code == 200


def test_f06_control_without_that_nobody_could_read(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SessionStore, "save", DatabaseStore.save)
    with failing(FULL):
        assert browser.get(PAGE, headers=ELSEWHERE).status_code == 400  # “it was deleted”


def test_f06_whatever_else_a_session_was_to_keep_is_not_lost_in_silence(browser: Client) -> None:
    session = browser.session
    with failing(FULL):
        session.note({**session[FROM], "device": "other"})
        session.save()
        session["message"] = "saved"
        with pytest.raises(Exception, match="refused"):
            session.save()


def test_f11_a_database_that_does_not_answer_is_a_503_also_before_anybody_is_known(
    somebody: Anna, browser: Client
) -> None:
    with failing(BUSY, ALL):
        page = browser.get(PAGE)
        answer = program(somebody, "GET", "competitors")
        assert Client().get("/health/").status_code == 200
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "does not answer at the moment" in page.text
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "urn:kundenkreis:problem:away"
    assert browser.get(PAGE).status_code == 200


def test_f11_control_who_does_not_ask_what_it_was_says_that_we_are_broken(
    somebody: Anna, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (errors, requests):
        monkeypatch.setattr(place, "outage", lambda _error: None)
    with failing(FULL):
        assert browser.post(f"{PAGE}new/", {"name": "A"}).status_code == 500
        assert program(somebody, "POST", "competitors", {"name": "A"}).status_code == 500
