"""Requests made from the description, sent to the application: none breaks it, each answer is as
described."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kundenkreis.api import values
from kundenkreis.api.testing import Program
from kundenkreis.api.tests.conftest import Firm
from kundenkreis.config.wsgi import application
from kundenkreis.kernel.testing import BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SECONDS = 40  # for all of it, on a machine that does other things as well
LEAST, MOST = 2, 6  # requests of each kind


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Most of what is sent is refused; and the test's own transaction outlives each request."""
    logging.disable(logging.WARNING)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


def sent(program: Program, pks: dict[str, int], seconds: float, only: str = "/") -> dict[str, int]:
    """Send requests of every kind; how often each status was answered. The first wrong one raises."""
    headers = {"Authorization": f"Bearer {program.key}"}
    schema: Any = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", application, headers=headers
    )
    known = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in known if one.path.startswith(only)]
    end, statuses = time.monotonic() + seconds, dict[str, int]()
    for place, operation in enumerate(operations):
        left = (end - time.monotonic()) / (len(operations) - place)
        count = max(LEAST, min(MOST, int(left / 0.05)))

        @seed(1)
        @settings(
            max_examples=count, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            own = pks.get(case.path.split("/")[1])
            if case.path_parameters and own and sum(statuses.values()) % 2:
                case.path_parameters["id"] = own
            if "If-Match" in (case.headers or {}) and sum(statuses.values()) % 3:
                case.headers["If-Match"] = "*"
            with transaction.atomic(), transaction.atomic("engage"):
                answer = case.call_and_validate(headers=headers, checks=CHECKS)
                transaction.set_rollback(True)
                transaction.set_rollback(True, using="engage")
            key = f"{case.method.upper()} {answer.status_code}"
            statuses[key] = statuses.get(key, 0) + 1

        ask()
    return statuses


def test_no_request_breaks_it_and_every_answer_is_as_described(firm: Firm, anna: Program) -> None:
    pks = {"persons": firm.person.pk, "organisations": firm.organisation.pk, "users": firm.anna.pk}
    began = time.monotonic()
    statuses = sent(anna, pks, SECONDS / 2)
    assert time.monotonic() - began < 5 * SECONDS  # a busy machine is slower, not endless
    assert {"GET 200", "POST 201"} <= statuses.keys(), statuses
    # How these end, chance decides.
    assert {"PATCH", "DELETE"} <= {key.partition(" ")[0] for key in statuses}, statuses
    assert not any(key.endswith(("500", "503")) for key in statuses)


def test_an_answer_that_is_not_as_described_is_noticed(
    firm: Firm, anna: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(values._WRITERS, values.Kind.DATETIME, lambda value: 5)
    with pytest.raises(BaseException, match=r"date-time|string"):
        sent(anna, {}, 5, "/persons")
