from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from kundenkreis.crm.people.models import ContactPermission, Person, TimelineEntry
from kundenkreis.crm.people.permissions import Statement, project_consent, record_objection
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def statement(granted: bool, minutes: int = 0) -> Statement:
    since = NOON + timedelta(minutes=minutes)
    return Statement("email", "jana@example.org", "marketing", "email", granted, since)


def holds() -> bool:
    return ContactPermission.objects.get().granted


def test_the_newest_statement_counts_in_whatever_order_they_arrive() -> None:
    said = [statement(True), statement(False, 1), statement(True, 2)]
    for order in permutations(said):
        with store.group(Side.CRM, "test"):
            store.discard(ContactPermission.objects.all())
        for one in order:
            project_consent(actor=ANNA, statements=[one])
        assert holds()


def test_a_withdrawal_beats_a_grant_of_the_same_instant() -> None:
    for first, second in ((True, False), (False, True)):
        project_consent(actor=ANNA, statements=[statement(first), statement(second)])
        assert not holds()


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
