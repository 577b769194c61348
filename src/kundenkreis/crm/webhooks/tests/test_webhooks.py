"""Receivers outside are told that records changed: signed, in order, and only what their owner may
read."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.webhooks import commands, noting, queries
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.crm.webhooks.tests.receiving import bodies, header, hook, work
from kundenkreis.kernel import clock, sealing, store
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.egress.tests.receivers import OK, Receiver, receiver, says
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, CARLA
from kundenkreis.records import named, write

OTHER = replace(ANNA, user_id=99)

# The audit is read as a log: on PostgreSQL only what is committed.
pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


def test_it_says_that_something_happened_and_never_a_value(olga: Viewer, server: Receiver) -> None:
    hook(olga, server)
    jana = people.create_person(actor=olga, last_name="Kern")
    write.change(named("person"), olga, jana.pk, jana.version, {"last_name": "Geheim"})
    write.remove(named("person"), olga, jana.pk)
    work()
    said = [(one["type"], one["data"]["event"]) for one in bodies(server)]
    assert ("person.deleted", "deleted") in said
    assert len(said) == 1  # what is gone by now is not told to have been there
    other = people.create_person(actor=olga, last_name="Ohm")
    work()
    write.change(named("person"), olga, other.pk, other.version, {"last_name": "Geheim"})
    work()
    created, changed = bodies(server)[1:]
    assert created["data"] == {"type": "person", "id": other.pk, "event": "created", "version": 1}
    assert changed["data"] == {
        "type": "person", "id": other.pk, "event": "changed", "fields": ["last_name"], "version": 2,
    }  # fmt: skip
    assert changed["timestamp"] == "2030-03-01T12:00:01Z"
    assert not any(b"Geheim" in text or b"Ohm" in text for text in server.heard)


def test_it_is_signed_as_standard_webhooks_say(olga: Viewer, server: Receiver) -> None:
    _hook, secret = hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    work()
    (text,) = server.heard
    body = text.partition(b"\r\n\r\n")[2]
    stamp, name = header(text, "webhook-timestamp"), header(text, "webhook-id")
    assert (stamp, name) == ("1898596801", json.loads(body)["id"])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 32
    made = hmac.new(key, f"{name}.{stamp}.".encode() + body, sha256).digest()
    assert header(text, "webhook-signature") == "v1," + base64.b64encode(made).decode()


def test_a_new_secret_signs_beside_the_former_one_for_a_day(
    olga: Viewer, server: Receiver, now: FrozenClock
) -> None:
    one, first = hook(olga, server)
    second = commands.renew_secret(actor=olga, webhook_id=one.pk)
    assert first != second
    commands.ping(actor=olga, webhook_id=one.pk)
    work()
    assert header(server.heard[0], "webhook-signature").count("v1,") == 2
    now.advance(hours=25)
    commands.ping(actor=olga, webhook_id=one.pk)
    work()
    assert header(server.heard[1], "webhook-signature").count("v1,") == 1
    one.refresh_from_db()
    assert commands.secrets_of(one, clock.now()) == [second]


def test_neither_the_database_nor_the_audit_tells_the_secret(
    olga: Viewer, server: Receiver
) -> None:
    one, secret = hook(olga, server)
    one.refresh_from_db()
    assert secret not in str(vars(one))
    assert one.secret not in str(
        AuditEntry.objects.using(Side.CRM.alias).values_list("change__fields", flat=True)
    )
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(Side.CRM, "something else", one.secret)
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(Side.ENGAGE, commands.SEALED, one.secret)


def test_it_is_told_what_it_asked_for(olga: Viewer, server: Receiver) -> None:
    hook(olga, server, kinds=["organisation"], events=["created"])
    jana = people.create_person(actor=olga, last_name="Kern")
    firm = people.create_organisation(actor=olga, name="Kern GmbH")
    write.change(named("organisation"), olga, firm.pk, firm.version, {"name": "Ohm GmbH"})
    contact_commands.add_contact_detail(actor=olga, holder=jana, kind="email", value="a@b.de")
    work()
    assert [one["type"] for one in bodies(server)] == ["organisation.created"]


def test_a_new_address_of_a_person_changes_the_person(olga: Viewer, server: Receiver) -> None:
    jana = people.create_person(actor=olga, last_name="Kern")
    work()
    hook(olga, server)
    contact_commands.add_contact_detail(actor=olga, holder=jana, kind="email", value="a@b.de")
    work()
    assert [one["data"] | {"version": 0} for one in bodies(server)] == [
        {"type": "person", "id": jana.pk, "event": "changed", "fields": [], "version": 0}
    ]


def test_both_sides_are_told(olga: Viewer, server: Receiver) -> None:
    from kundenkreis.engage.segments.commands import create_segment
    from kundenkreis.engage.segments.tests.test_commands import EVERYBODY

    hook(olga, server)
    create_segment(actor=olga, name={"en": "All"}, definition=EVERYBODY)
    work()
    assert [one["type"] for one in bodies(server)] == ["segment.created"]


def test_what_was_before_a_receiver_is_not_told(
    olga: Viewer, server: Receiver, now: FrozenClock
) -> None:
    people.create_person(actor=olga, last_name="Kern")
    now.advance(seconds=1)
    hook(olga, server)
    work()
    assert server.heard == []


def test_it_is_told_only_what_its_owner_may_read_when_it_goes_out(
    owner: User, olga: Viewer, server: Receiver
) -> None:
    hook(olga, server)
    jana = people.create_person(actor=OTHER, last_name="Kern")
    Role.objects.filter(slug="administrator").update(grants={"crm.person.read": "own"})
    work()
    assert server.heard == []
    assert Message.objects.get(target=f"crm.person:{jana.pk}").state == Message.State.KEPT_BACK
    Role.objects.filter(slug="administrator").update(
        grants={"crm.person.read": "all"}, fields={"crm.person": {"last_name": "hidden"}}
    )
    for values in ({"last_name": "Geheim"}, {"last_name": "Ohm", "first_name": "Jo"}):
        jana.refresh_from_db()
        write.change(named("person"), ANNA, jana.pk, jana.version, values)
        work()
    assert [one["data"]["fields"] for one in bodies(server)] == [["first_name"]]


def test_what_was_deleted_is_told_to_whom_could_read_it(olga: Viewer, server: Receiver) -> None:
    hook(olga, server)
    mine = people.create_person(actor=olga, last_name="Kern")
    other = people.create_person(actor=OTHER, last_name="Ohm")
    Role.objects.filter(slug="administrator").update(grants={"crm.person.read": "own"})
    for one in (mine, other):
        write.remove(named("person"), ANNA, one.pk)
    work()
    assert [(x["type"], x["data"]["id"]) for x in bodies(server)] == [("person.deleted", mine.pk)]


def test_nobody_is_told_in_the_name_of_who_may_not_log_in_any_more(
    owner: User, olga: Viewer, server: Receiver
) -> None:
    one, _secret = hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    work()
    one.refresh_from_db()
    assert (server.heard, one.stopped) == ([], Webhook.Stopped.NOBODY)


def test_a_receiver_that_says_gone_is_told_nothing_more(olga: Viewer, now: FrozenClock) -> None:
    with receiver(says(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")) as server:
        one, _secret = hook(olga, server)
        people.create_person(actor=olga, last_name="Kern")
        people.create_person(actor=olga, last_name="Ohm")
        work()
        now.advance(hours=1)
        work()
        assert len(server.heard) == 1
    one.refresh_from_db()
    assert one.stopped == Webhook.Stopped.GONE


def test_what_a_redirect_points_to_is_not_asked(olga: Viewer) -> None:
    with receiver() as canary:
        away = f"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:{canary.port}/\r\n\r\n"
        with receiver(says(away.encode())) as server:
            hook(olga, server)
            people.create_person(actor=olga, last_name="Kern")
            work()
        assert (len(server.heard), canary.connections) == (1, 0)
    message = Message.objects.get()
    assert (message.state, message.problem) == (Message.State.WAITING, "HTTP 307")


def test_an_address_in_the_house_is_never_dialled(
    olga: Viewer, server: Receiver, settings: Any
) -> None:
    settings.EGRESS_ALLOWED = ""
    hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    work()
    assert server.connections == 0
    assert Message.objects.get().problem == "address"


def test_a_message_that_was_given_up_is_looked_at_and_sent_again(
    olga: Viewer, now: FrozenClock
) -> None:
    with receiver(says(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")) as server:
        one, _secret = hook(olga, server)
        people.create_person(actor=olga, last_name="Kern")
        work()
        now.advance(hours=71)
        work()
        assert Message.objects.get().state == Message.State.WAITING
        now.advance(hours=2)
        work()
        tried = len(server.heard)
        now.advance(hours=9)
        work()
        assert len(server.heard) == tried == 2
    (message,) = queries.messages(olga, one, Message.State.DEAD)
    assert (message.problem, message.status) == ("HTTP 500", 500)
    with receiver(says(OK)) as server:
        address = f"http://127.0.0.1:{server.port}/"
        commands.change_webhook(actor=olga, webhook_id=one.pk, address=address)
        commands.send_again(actor=olga, message_id=message.pk)
        now.advance(minutes=10)
        work()
        assert bodies(server)[0]["id"] == str(message.uuid)
    with pytest.raises(DomainError):
        commands.send_again(actor=olga, message_id=message.pk)


def test_a_message_is_noted_once_also_when_the_audit_is_read_again(
    olga: Viewer, server: Receiver
) -> None:
    hook(olga, server)
    hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    work()
    from kundenkreis.kernel import log

    with store.group(Side.CRM, "test"):
        log.move(f"{noting.READER}.crm", log.Position(), Side.CRM)
    work()
    told = bodies(server)
    assert len(told) == 2
    assert told[0]["id"] == told[1]["id"]


def test_only_whoever_may_looks_after_them(olga: Viewer, server: Receiver) -> None:
    one, _secret = hook(olga, server)
    refused = (
        lambda: hook(CARLA, server),
        lambda: commands.change_webhook(actor=CARLA, webhook_id=one.pk, name="x"),
        lambda: commands.stop_webhook(actor=CARLA, webhook_id=one.pk),
        lambda: commands.start_webhook(actor=CARLA, webhook_id=one.pk),
        lambda: commands.renew_secret(actor=CARLA, webhook_id=one.pk),
        lambda: commands.ping(actor=CARLA, webhook_id=one.pk),
        lambda: commands.remove_webhook(actor=CARLA, webhook_id=one.pk),
        lambda: queries.webhooks(CARLA),
        lambda: queries.webhook(CARLA, one.pk),
    )
    for act in refused:
        with pytest.raises(NotAllowed):
            act()
    commands.remove_webhook(actor=olga, webhook_id=one.pk)
    assert not Webhook.objects.exists()


def test_a_stopped_one_is_told_nothing_and_a_started_one_from_then_on(
    olga: Viewer, server: Receiver, now: FrozenClock
) -> None:
    one, _secret = hook(olga, server)
    commands.stop_webhook(actor=olga, webhook_id=one.pk)
    people.create_person(actor=olga, last_name="Kern")
    work()
    with pytest.raises(DomainError):
        commands.ping(actor=olga, webhook_id=one.pk)
    now.advance(seconds=5)
    commands.start_webhook(actor=olga, webhook_id=one.pk)
    people.create_person(actor=olga, last_name="Ohm")
    work()
    assert [x["data"]["id"] for x in bodies(server)] == [Person.objects.get(last_name="Ohm").pk]


def test_pauses_double_up_to_ten_minutes() -> None:
    assert [commands.pause(n) for n in (1, 2, 3, 30)] == [
        timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=10),
    ]  # fmt: skip
