"""The pages of webhooks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.webhooks import commands
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

FORM = {"name": "ERP", "address": "https://erp.example.org/in", "kinds": ["person"]}


def test_a_secret_is_shown_once(anna: Client, company: Company) -> None:
    assert "Nobody outside" in anna.get("/crm/webhooks/").text
    page = anna.post("/crm/webhooks/new/", FORM).text
    (secret,) = re.findall(r"whsec_[\w+/=]+", page)
    hook = Webhook.objects.get()
    assert (hook.name, hook.kinds, hook.events) == ("ERP", ["person"], [])
    assert secret not in anna.get(f"/crm/webhooks/{hook.pk}/").text
    renewed = anna.post(f"/crm/webhooks/{hook.pk}/secret/").text
    assert re.findall(r"whsec_[\w+/=]+", renewed) not in ([], [secret])


def test_what_cannot_be_an_address_is_said_beside_it(anna: Client, company: Company) -> None:
    answer = anna.post("/crm/webhooks/new/", FORM | {"address": "erp.example.org"})
    assert answer.status_code == 422
    assert "This is no address of the web." in answer.text
    assert not Webhook.objects.exists()


def test_the_log_shows_what_happened_and_sends_again_what_was_given_up(
    anna: Client, company: Company
) -> None:
    hook, _secret = commands.add_webhook(
        actor=viewer_of(company.anna), name="ERP", address="https://erp.example.org/"
    )
    url = f"/crm/webhooks/{hook.pk}/"
    anna.post(f"{url}ping/")
    message = Message.objects.get()
    assert "test message" in anna.get(url).text
    commands.note_failed(actor=SYSTEM, message_id=message.pk, status=500, problem="HTTP 500")
    commands.give_up(actor=SYSTEM, message_ids=[message.pk])
    assert "HTTP 500" in anna.get(f"{url}?state=dead").text
    assert "HTTP 500" not in anna.get(f"{url}?state=delivered").text
    assert anna.post(f"/crm/webhooks/messages/{message.pk}/").status_code == 302
    message.refresh_from_db()
    assert message.state == Message.State.WAITING
    anna.post(f"{url}stop/")
    hook.refresh_from_db()
    assert hook.stopped
    anna.post(f"{url}start/")
    anna.post(f"{url}change/", FORM | {"name": "Other"})
    hook.refresh_from_db()
    assert (hook.stopped, hook.name) == ("", "Other")
    assert anna.post(f"{url}nonsense/").status_code == 404
    anna.post(f"{url}remove/")
    assert not Webhook.objects.exists()


def test_whoever_may_not_look_after_them_sees_nothing_of_them(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    hook, _secret = commands.add_webhook(
        actor=viewer_of(company.anna), name="ERP", address="https://erp.example.org/"
    )
    ben = logged_in(company.ben)
    for path in ("", "new/", f"{hook.pk}/", f"{hook.pk}/change/"):
        assert ben.get(f"/crm/webhooks/{path}").status_code == 403
    assert "/crm/webhooks/" not in ben.get("/").text
