from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from kundenkreis.engage.consent import queries
from kundenkreis.engage.consent.commands import (
    Statement,
    record_consent,
    record_objection,
    record_statements,
    ship_purposes,
)
from kundenkreis.engage.consent.models import ConsentEntry, ConsentState, Purpose
from kundenkreis.engage.profiles.commands import link_profile
from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.resolution import resolve
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVENT = "engage.consent.ConsentChanged"


def statement(
    subject: str = "v1", *, granted: bool = True, minute: int = 0, **more: object
) -> Statement:
    values = {
        "subject_kind": "anonymous",
        "purpose": "web_analytics",
        "channel": "web",
        "origin": ConsentEntry.Origin.WEB,
        "namespace": "shop",
        **more,
    }
    at = NOON + timedelta(minutes=minute)
    return Statement(subject=subject, granted=granted, at=at, **values)  # type: ignore[arg-type]


def told() -> list[dict[str, object]]:
    return [row.payload for row in OutboxMessage.objects.using("engage").filter(name=EVENT)]


def holds(subject: str = "v1") -> bool:
    return bool(queries.granted([("shop", "anonymous", subject)], "web_analytics", "web"))


def test_it_keeps_every_statement_and_what_holds() -> None:
    record_consent(actor=ANNA, statement=statement(proof={"textVersion": "2026-11"}))
    assert holds()
    record_consent(actor=ANNA, statement=statement(granted=False, minute=1))
    assert not holds()
    assert [row.decision for row in queries.ledger(ANNA, [("shop", "anonymous", "v1")])] == [
        "withdrawn",
        "granted",
    ]
    assert ConsentState.objects.get().since == NOON + timedelta(minutes=1)


def test_a_repeated_statement_counts_once() -> None:
    assert record_consent(actor=ANNA, statement=statement())
    assert not record_consent(actor=ANNA, statement=statement())
    assert ConsentEntry.objects.count() == 1
    assert len(told()) == 1


def test_it_tells_only_what_is_different_now() -> None:
    record_consent(actor=ANNA, statement=statement())
    record_consent(actor=ANNA, statement=statement(minute=5))
    record_consent(actor=ANNA, statement=statement(granted=False, minute=6))
    assert [payload["granted"] for payload in told()] == [True, False]


def test_any_order_and_grouping_gives_the_same_state() -> None:
    said = [statement(), statement(granted=False, minute=1), statement(minute=2)]
    for number, order in enumerate(permutations(said)):
        subject = f"v{number}"
        mine = [replace(one, subject=subject) for one in order]
        if number % 2:
            record_statements(actor=ANNA, statements=mine)
        else:
            for one in mine:
                record_consent(actor=ANNA, statement=one)
    assert set(ConsentState.objects.values_list("granted", "since")) == {
        (True, NOON + timedelta(minutes=2))
    }


def test_a_consent_counts_only_for_its_purpose_and_channel() -> None:
    record_consent(actor=ANNA, statement=statement())
    assert queries.granted([("shop", "anonymous", "v1")], "newsletter", "web") == set()
    assert queries.granted([("shop", "anonymous", "v1")], "web_analytics", "email") == set()
    assert queries.granted([("shop", "user", "v1")], "web_analytics", "web") == set()


def test_many_subjects_are_asked_for_at_once() -> None:
    subjects = [("shop", "anonymous", f"v{number}") for number in range(50)]
    record_statements(
        actor=ANNA,
        statements=[statement(f"v{number}", granted=number % 2 == 0) for number in range(50)],
    )
    allowed = queries.may_record(subjects, purpose="web_analytics", basis="consent")
    assert allowed == set(subjects[::2])
    assert queries.may_record(subjects, purpose="web_analytics", basis="interest") == set(
        subjects[::2]
    )
    assert queries.allowed_ids([*subjects, ("shop", "user", "v0")]) == set(subjects[::2])


def test_an_objection_told_to_staff_withdraws_for_every_name_of_the_person() -> None:
    ship_purposes(actor=ANNA)
    sighting = Sighting("cookie", "customer", NOON, proven=True)
    with store.group(Side.ENGAGE, "test"):
        (seen,) = resolve("shop", [sighting], NOON)
    link_id = link_profile(actor=ANNA, profile_id=seen.profile_id)
    record_consent(actor=ANNA, statement=statement("cookie"))
    record_objection(
        actor=ANNA, link_id=link_id, channel="web", purpose="", at=NOON + timedelta(hours=1)
    )
    assert not holds("cookie")
    assert told()[-1]["link_id"] == str(link_id)
    slugs = set(ConsentState.objects.values_list("purpose", flat=True))
    assert slugs == {"web_analytics", "server_analytics", "newsletter"}


def test_an_objection_of_somebody_engage_does_not_know_is_kept_by_their_link() -> None:
    link_id = uuid4()
    record_objection(actor=ANNA, link_id=link_id, channel="email", purpose="newsletter", at=NOON)
    state = ConsentState.objects.get()
    assert (state.subject_kind, state.subject, state.granted) == ("person", str(link_id), False)


def test_the_crm_hears_of_earlier_consents_once_it_knows_the_person() -> None:
    with store.group(Side.ENGAGE, "test"):
        (seen,) = resolve("shop", [Sighting("v1", "", NOON)], NOON)
    record_consent(actor=ANNA, statement=statement())
    assert told()[0]["link_id"] is None
    link_id = link_profile(actor=ANNA, profile_id=seen.profile_id)
    assert told()[-1]["link_id"] == str(link_id)


def test_the_shipped_purposes_are_made_once_in_both_languages() -> None:
    assert ship_purposes(actor=ANNA) == Purpose.objects.count() > 0
    assert ship_purposes(actor=ANNA) == 0
    for purpose in Purpose.objects.all():
        assert purpose.label.keys() == purpose.text.keys() == {"de", "en"}


def test_it_refuses_who_may_not_and_what_names_nobody() -> None:
    with pytest.raises(NotAllowed):
        record_consent(actor=CARLA, statement=statement())
    with pytest.raises(DomainError):
        record_consent(actor=ANNA, statement=statement(""))
    assert not ConsentEntry.objects.exists()
