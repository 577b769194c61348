from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.kernel import clock, held
from kundenkreis.kernel.models import AuditEntry, Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def box(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_BOX = tmp_path / "mail"
    settings.MAILERS["real"] = {"BACKEND": "kundenkreis.kernel.mail.backend.Backend"}


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


def test_the_trial_is_said_and_ended_with_what_was_kept(anna: Client) -> None:
    assert b"on trial" not in anna.get("/").content
    held.begin_trial(actor=SYSTEM)
    send_mail("Hello", "<b>there</b>", None, ["ben@example.org"], using="real")
    assert b"on trial" in anna.get("/").content
    assert b"On trial" in anna.get("/own/").content
    assert b"held back" not in anna.get("/own/").content
    page = anna.get("/operation/outbox/").text
    assert "ben@example.org" in page
    assert "&lt;b&gt;there" in page
    assert 'name="mail"' in anna.get("/operation/go-live/").text
    assert anna.post("/operation/go-live/", {"mail": "discard"}).status_code == 302
    assert not held.on_trial()
    assert "ben@example.org" not in anna.get("/operation/outbox/").text
    assert anna.post("/operation/go-live/").status_code == 422


def test_a_restore_is_let_go_before_the_trial_ends(anna: Client) -> None:
    held.begin_trial(actor=SYSTEM)
    held.hold(Side.CRM, actor=SYSTEM, backup_at=clock.now())
    assert b"held back" in anna.get("/own/").content
    assert anna.post("/operation/release/").status_code == 302
    assert held.on_trial()
    assert not held.anywhere()
    assert held.is_held(Side.CRM)


def test_on_trial_the_two_sides_go_on(anna: Client) -> None:
    held.begin_trial(actor=SYSTEM)
    assert held.is_held(Side.ENGAGE)
    assert not held.anywhere()
    assert not held.is_restored(Side.ENGAGE)


def test_who_may_read_everything_reads_no_mail_and_ends_no_trial(client: Client) -> None:
    """A mail may have a link in it that lets somebody in."""
    accounts.create_shipped_roles(actor=SYSTEM)
    lead = accounts.create_user(
        actor=SYSTEM, email="lea@example.org", name="Lea", roles=["management"], language="en"
    )
    client.force_login(lead, backend=BACKEND)
    held.begin_trial(actor=SYSTEM)
    send_mail("Hello", "the link", None, ["ben@example.org"], using="real")
    assert client.get("/operation/outbox/").status_code == 403
    assert "/operation/outbox/" not in client.get("/").text
    assert client.get("/operation/go-live/").status_code == 403
    assert client.post("/operation/go-live/").status_code == 403
    assert held.on_trial()
