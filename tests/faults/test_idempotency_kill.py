"""F15: a web process is killed between its work and its answer; the program asks again with the same
key. (Twenty at once and another body: `api/tests`.)"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from kundenkreis.api import views, writing
from kundenkreis.api.testing import Program, program
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = [
    pytest.mark.django_db(databases=BOTH, transaction=True),
    pytest.mark.fault,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

# Where it dies: after the work but before the commit, and after the commit but before the answer.
PLACES = {"before the commit": (writing, "create"), "before the answer": (views, "_of_record")}


@pytest.fixture
def anna() -> Program:
    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email="anna@example.org", name="Anna", roles=["administrator"]
    )
    return program(user)


def send(anna: Program) -> Any:
    return anna.send("POST", "organisations", {"name": "Neu"}, Idempotency_Key="k")


def killed(anna: Program, module: Any, name: str) -> None:
    """The same request in a process that ends there."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        real: Callable[..., Any] = getattr(module, name)

        def dying(*given: Any, **named: Any) -> Any:
            if module is writing:
                real(*given, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, dying)
        try:
            send(anna)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.parametrize("place", list(PLACES))
def test_f15_a_request_that_comes_again_after_a_crash_has_one_effect(
    anna: Program, place: str
) -> None:
    killed(anna, *PLACES[place])
    there = Organisation.objects.count()
    assert there == (place == "before the answer")
    first, second = send(anna), send(anna)
    assert {first.status_code, second.status_code} == {201}
    assert first.json()["id"] == second.json()["id"] == Organisation.objects.get().pk
    made = AuditEntry.objects.using("default").filter(
        action="create", target__contains="organisation"
    )
    assert made.count() == 1


def test_f15_control_without_keeping_the_key_with_the_work_there_are_two(
    anna: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "once", lambda _caller, _key, _body, effect: effect())
    killed(anna, *PLACES["before the answer"])
    send(anna)
    assert Organisation.objects.count() == 2
