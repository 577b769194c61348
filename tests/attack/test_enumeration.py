"""S15: whether somebody works here is told neither by an answer nor by how long it takes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.core.cache import cache
from django.db import connections
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.hashing import Argon2InTurn
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

KNOWN, UNKNOWN = "hanna@example.org", "nobody@example.org"
REQUESTS, APART = 200, 0.005  # of each kind; seconds between the medians
MASKED = re.compile(r"\b\w{64}\b|hanna|nobody")


class CheapArgon2(Argon2InTurn):
    """As in production, but a hash takes hundredths of a second: enough for a missing one to be seen."""

    time_cost, memory_cost, parallelism = 1, 16_384, 1


@pytest.fixture(autouse=True)
def hanna(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.{CheapArgon2.__name__}"]
    accounts.create_shipped_roles(actor=SYSTEM)
    accounts.create_user(
        actor=SYSTEM, name="Hanna", email=KNOWN, password="drei bunte Vögel", roles=["administrator"]
    )  # fmt: skip


def log_in(email: str) -> Any:
    return Client().post("/account/login/", {"login": email, "password": "vier graue Vögel"})


def ask_for_a_link(email: str) -> Any:
    return Client().post("/account/reset/", {"email": email})


def asked(ask: Callable[[str], Any], email: str) -> tuple[float, int, list[str]]:
    """How long an answer took this process, what it was, and which statements it needed."""
    statements: list[str] = []

    def heard(execute: Any, sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    cache.clear()  # a limit answers sooner
    with connections["default"].execute_wrapper(heard):
        start = time.process_time()
        answer = ask(email)
        took = time.process_time() - start
    return took, answer.status_code, [MASKED.sub("", answer.text), *statements]


@pytest.mark.parametrize("ask", [log_in, ask_for_a_link])
def test_s15_known_and_unknown_people_get_the_same_answer_in_the_same_time(
    ask: Callable[[str], Any],
) -> None:
    asked(ask, KNOWN), asked(ask, UNKNOWN)  # what is loaded once
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    said: dict[str, set[tuple[int, str]]] = {KNOWN: set(), UNKNOWN: set()}
    for _ in range(REQUESTS):
        for email in times:
            took, status, (text, *_statements) = asked(ask, email)
            times[email].append(took)
            said[email].add((status, text))
    assert said[KNOWN] == said[UNKNOWN]
    assert len(said[KNOWN]) == 1
    assert abs(median(times[KNOWN]) - median(times[UNKNOWN])) < APART


def test_s15_a_link_costs_the_request_the_same_statements() -> None:
    """What only an account that is there costs is done by the worker afterwards."""
    asked(ask_for_a_link, KNOWN)
    known, unknown = (asked(ask_for_a_link, email)[2][1:] for email in (KNOWN, UNKNOWN))
    assert known == unknown
    assert runner.run_due(Side.CRM) >= 1


def test_s15_control_that_nobody_is_hashed_who_is_not_there_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(AuthenticationBackend, "_mitigate_timing_attack", lambda *_: None)
    times = {email: [asked(log_in, email)[0] for _ in range(9)] for email in (KNOWN, UNKNOWN)}
    assert median(times[KNOWN]) - median(times[UNKNOWN]) > APART


def test_an_answer_that_takes_longer_is_noticed() -> None:
    """The control."""

    def slower(email: str) -> Any:
        end = time.process_time() + (0.02 if email == KNOWN else 0)
        while time.process_time() < end:
            pass
        return ask_for_a_link(email)

    times = {email: [asked(slower, email)[0] for _ in range(9)] for email in (KNOWN, UNKNOWN)}
    assert median(times[KNOWN]) - median(times[UNKNOWN]) > APART
