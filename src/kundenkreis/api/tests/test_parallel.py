"""F15: twenty programs send the same request at once, and it has one effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from kundenkreis.api.testing import program
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


def test_f15_twenty_at_once_have_one_effect() -> None:
    accounts.create_shipped_roles(actor=SYSTEM)
    anna = program(
        accounts.create_user(
            actor=SYSTEM, email="anna@example.org", name="Anna", password="drei bunte Vögel",
            roles=["administrator"],
        )
    )  # fmt: skip

    def send(number: int) -> tuple[int, int]:
        try:
            key = "one" if number < 20 else f"own {number}"
            answer = anna.send("POST", "organisations", {"name": "Neu"}, Idempotency_Key=key)
            return answer.status_code, answer.json()["id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(22)))
    assert {status for status, _pk in answers} == {201}
    assert len({pk for _status, pk in answers[:20]}) == 1
    # The control: with keys of their own two more were made.
    assert Organisation.objects.count() == 3
    made = AuditEntry.objects.using("default").filter(
        action="create", target__contains="organisation"
    )
    assert made.count() == 3
