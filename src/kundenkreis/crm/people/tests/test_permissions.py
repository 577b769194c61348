from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kundenkreis.crm.people.models import ContactPermission, Person, TimelineEntry
from kundenkreis.crm.people.permissions import (
    Statement,
    project_consent,
    record_objection,
    record_objections,
)
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def statement(granted: bool, minutes: int = 0, kind: str = "email") -> Statement:
    since = NOON + timedelta(minutes=minutes)
    return Statement(kind, "jana@example.org", "newsletter", "email", granted, since)


def holds() -> bool:
    return ContactPermission.objects.get().granted


def test_it_mirrors_what_the_ledger_says_now() -> None:
    for granted, minutes in ((True, 0), (False, 1), (True, 2), (False, -5)):
        project_consent(actor=ANNA, statements=[statement(granted, minutes)])
        assert holds() is granted
    assert project_consent(actor=ANNA, statements=[statement(False, -5)]) == 0


def test_what_a_person_told_staff_is_lifted_by_a_newer_grant_only() -> None:
    project_consent(actor=ANNA, statements=[statement(False, 1, "person")])
    for granted, minutes, held in ((True, 0, False), (True, 1, False), (True, 2, True)):
        project_consent(actor=ANNA, statements=[statement(granted, minutes, "person")])
        assert holds() is held


def test_an_objection_counts_at_once_and_crosses_with_a_link_id() -> None:
    with store.group(Side.CRM, "test"):
        person = store.create(ANNA, Person, last_name="Weiß")
    with freeze(NOON):
        record_objection(actor=ANNA, person_id=person.pk, channel="phone", purpose="marketing")
    person.refresh_from_db()
    row = ContactPermission.objects.get()
    assert (row.link_id, row.channel, row.granted) == (person.link_id, "phone", False)
    message = OutboxMessage.objects.using("default").get()
    assert (message.name, message.crosses) == ("crm.people.ObjectionRecorded", True)
    assert message.key == str(person.link_id)
    assert TimelineEntry.objects.get().kind == "objection"


def test_one_objection_may_close_several_channels_and_must_name_one_that_exists() -> None:
    with store.group(Side.CRM, "test"):
        person = store.create(ANNA, Person, last_name="Weiß")
    with pytest.raises(DomainError):
        record_objections(actor=ANNA, person_id=person.pk, channels=["telepathy"])
    assert not ContactPermission.objects.exists()
    record_objections(actor=ANNA, person_id=person.pk, channels=["post", "email", "telepathy"])
    rows = ContactPermission.objects.values_list("channel", "granted")
    assert sorted(rows) == [("email", False), ("post", False)]
