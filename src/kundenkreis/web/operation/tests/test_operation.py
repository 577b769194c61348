from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.kernel import clock, held
from kundenkreis.kernel.models import AuditEntry, Job
from kundenkreis.kernel.sides import Side
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


def test_what_a_restore_holds_back_is_said_on_every_page_and_let_go(anna: Client) -> None:
    assert b"held back" not in anna.get("/own/").content
    for side in Side:
        held.hold(side, actor=SYSTEM, backup_at=clock.now())
    said = anna.get("/own/").content
    assert b"held back" in said
    assert b"&lt;" not in said
    assert b'action="/operation/release/"' in said
    assert anna.post("/operation/release/").status_code == 302
    assert not held.anywhere()
    assert b"held back" not in anna.get("/own/").content
    assert anna.post("/operation/release/").status_code == 422


def test_who_may_not_let_go_is_told_nothing(client: Client) -> None:
    accounts.create_shipped_roles(actor=SYSTEM)
    ben = accounts.create_user(
        actor=SYSTEM, email="ben@example.org", name="Ben", roles=["sales"], language="en"
    )
    client.force_login(ben, backend=BACKEND)
    held.hold(Side.CRM, actor=SYSTEM, backup_at=clock.now())
    assert b"held back" not in client.get("/own/").content
    assert client.post("/operation/release/").status_code == 403
    assert held.is_held(Side.CRM)
