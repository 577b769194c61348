from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.kernel import clock
from kundenkreis.kernel.models import AuditEntry, Job
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def anna(client: Client) -> Client:
    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email="anna@example.org", name="Anna", roles=["administrator"], language="en"
    )
    client.force_login(user, backend=BACKEND)
    return client


def job(state: str) -> Job:
    now = clock.now()
    values = {"task": "x", "unique": "k", "created_at": now, "due_at": now, "finished_at": now}
    return Job.objects.using("default").create(state=state, **values)


def retry(client: Client, made: Job) -> int:
    return client.post(f"/operation/jobs/crm/{made.pk}/retry/").status_code


def test_a_failed_job_can_be_tried_again(anna: Client) -> None:
    made = job("dead")
    assert retry(anna, made) == 302
    made.refresh_from_db(using="default")
    assert made.state == "ready"
    assert AuditEntry.objects.using("default").filter(target=f"crm.job:{made.pk}").exists()


def test_one_whose_successor_waits_is_refused_with_a_reason(anna: Client) -> None:
    made, _ = job("dead"), job("ready")
    assert retry(anna, made) == 422
