"""How the crm hears what people allow: whole, at once, and each shop's customers by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.people.models import ContactPermission
from kundenkreis.engage.consent.commands import Statement, record_statements
from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.kernel.events import decode, name_of
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.link.to_crm import project_consent

pytestmark = pytest.mark.django_db(databases=BOTH)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def say(shop: str, number: str, *, granted: bool, link: int = 1, minute: int = 0) -> Statement:
    at = NOON + timedelta(minutes=minute)
    words = ("user", number, "newsletter", "web", granted, at, "web")
    return Statement(*words, namespace=shop, link_id=UUID(int=link))


def recorded(*statements: Statement) -> list[ConsentChanged]:
    """What leaves for the crm when these are recorded."""
    rows = OutboxMessage.objects.using("engage").filter(name=name_of(ConsentChanged))
    before = rows.count()
    record_statements(actor=SYSTEM, statements=statements)
    return [decode(row.name, row.payload) for row in rows.order_by("id")[before:]]


def permissions() -> set[tuple[UUID | None, bool]]:
    return set(ContactPermission.objects.values_list("link_id", "granted"))


def test_the_customers_of_two_shops_with_one_number_are_two_people_in_the_crm() -> None:
    project_consent(
        recorded(say("here", "17", granted=True), say("there", "17", granted=False, link=2))
    )
    assert permissions() == {(UUID(int=1), True), (UUID(int=2), False)}
    project_consent(recorded(say("there", "17", granted=True, link=2, minute=1)))
    project_consent(recorded(say("here", "17", granted=False, minute=1)))
    assert permissions() == {(UUID(int=1), False), (UUID(int=2), True)}


def test_the_ledger_is_asked_once_however_many_messages_come() -> None:
    for size in (1, 60):
        said = [say("shop", f"{size}-{n}", granted=True) for n in range(size)]
        events = recorded(*said)
        with CaptureQueriesContext(connections["engage"]) as seen:
            project_consent(events)
        asked = [query for query in seen if ConsentState._meta.db_table in query["sql"]]
        assert (len(events), len(asked)) == (size, 1)


def test_what_the_ledger_no_longer_knows_is_not_allowed() -> None:
    events = recorded(say("shop", "17", granted=True))
    elsewhere = [
        ConsentChanged(event.link_id, event.subject_kind, event.subject, event.purpose,
                       event.channel, granted=True, at=event.at, namespace="other")
        for event in events
    ]  # fmt: skip
    project_consent(elsewhere)
    assert permissions() == {(UUID(int=1), False)}


def test_the_crm_hears_where_a_consent_came_from_and_that_it_was_confirmed_later() -> None:
    words = ("email", "a@example.org", "marketing", "email", True)
    imported = Statement(*words, NOON, "import", link_id=UUID(int=1))
    confirmed = Statement(*words, NOON + timedelta(minutes=5), "double_opt_in", link_id=UUID(int=1))
    project_consent(recorded(imported))
    known = ContactPermission.objects.get()
    assert (known.origin, known.confirmed_at) == ("import", None)
    project_consent(recorded(confirmed))  # it is allowed already, and yet there is news
    known = ContactPermission.objects.get()
    assert (known.granted, known.origin, known.since) == (True, "double_opt_in", NOON)
    assert known.confirmed_at == NOON + timedelta(minutes=5)
