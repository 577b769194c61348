"""Whose words count: ids of a shop, addresses of the whole company, people of very many names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kundenkreis.engage.consent import queries
from kundenkreis.engage.consent.commands import (
    Statement,
    record_consent,
    record_objection,
    record_statements,
)
from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.models import ConsentEntry, ConsentState
from kundenkreis.engage.profiles.commands import link_profile
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.kernel import store
from kundenkreis.kernel.events import name_of
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MANY = 600


def said(shop: str, kind: str, subject: str, *, granted: bool = True, minute: int = 0) -> Statement:
    channel = "email" if kind == "email" else "web"
    at = NOON + timedelta(minutes=minute)
    words = (kind, subject, "newsletter", channel, granted, at, ConsentEntry.Origin.DOUBLE_OPT_IN)
    return Statement(*words, namespace=shop)


def told() -> list[tuple[object, object]]:
    rows = OutboxMessage.objects.using("engage").filter(name=name_of(ConsentChanged))
    return [(row.payload["subject"], row.payload["granted"]) for row in rows.order_by("id")]


@pytest.fixture
def profile_id() -> int:
    """Somebody who came with a new cookie each time."""
    with store.group(Side.ENGAGE, "test"):
        profile = store.create(ANNA, Profile)
        store.append(
            Identifier,
            [
                Identifier(profile=profile, namespace="shop", kind="anonymous", value=f"v{n}",
                           first_seen_at=NOON)
                for n in range(MANY)
            ],
        )  # fmt: skip
    return profile.pk


def test_the_crm_hears_of_the_newest_of_very_many_names(profile_id: int) -> None:
    record_statements(
        actor=ANNA,
        statements=[said("shop", "anonymous", f"v{n}", granted=n < MANY - 1) for n in range(MANY)],
    )
    before = len(told())
    link_profile(actor=ANNA, profile_id=profile_id)
    heard = told()[before:]
    assert len(heard) == MANY
    assert (f"v{MANY - 1}", False) in heard


def test_an_objection_withdraws_for_each_of_very_many_names(profile_id: int) -> None:
    link_id = link_profile(actor=ANNA, profile_id=profile_id)
    record_consent(actor=ANNA, statement=said("shop", "anonymous", f"v{MANY - 1}"))
    record_objection(
        actor=ANNA, link_id=link_id, channel="web", purpose="newsletter", at=NOON + timedelta(1)
    )
    assert not ConsentState.objects.filter(granted=True).exists()


def test_what_holds_for_many_subjects_is_one_query() -> None:
    record_statements(actor=ANNA, statements=[said("shop", "user", f"u{n}") for n in range(300)])
    for size in (1, 300):
        with CaptureQueriesContext(connections["engage"]) as seen:
            found = queries.states({("shop", "user", f"u{n}") for n in range(size)})
        assert (len(found), len(seen)) == (size, 1)


@pytest.mark.parametrize("kind", ["user", "anonymous"])
def test_an_id_counts_only_in_its_own_shop(kind: str) -> None:
    here, there = ("here", kind, "17"), ("there", kind, "17")
    record_consent(actor=ANNA, statement=said(*here))
    assert queries.granted([here, there], "newsletter", "web") == {here}
    assert queries.allowed_ids([here, there]) == {here}
    record_statements(
        actor=ANNA, statements=[said(*here, granted=False, minute=1), said(*there, minute=1)]
    )
    assert queries.granted([here, there], "newsletter", "web") == {there}
    assert queries.may_record([here, there], purpose="newsletter", basis="interest") == {there}
    assert [row.namespace for row in queries.ledger(ANNA, [here])] == ["here", "here"]
    assert [row.granted for row in queries.states([there])] == [True]


def test_an_id_that_looks_like_another_shops_is_not_taken_for_it() -> None:
    """The subjects asked for have each part of it among them, but not all in one."""
    record_consent(actor=ANNA, statement=said("there", "anonymous", "17"))
    asked = [("here", "anonymous", "17"), ("there", "user", "17"), ("there", "anonymous", "18")]
    assert queries.granted(asked, "newsletter", "web") == set()
    assert queries.states(asked) == queries.ledger(ANNA, asked) == []


def test_the_same_words_at_the_same_moment_count_in_each_shop() -> None:
    both = [said("here", "user", "17"), said("there", "user", "17")]
    assert record_statements(actor=ANNA, statements=both) == 2
    assert record_statements(actor=ANNA, statements=both) == 0


def test_an_address_is_the_same_person_in_every_shop() -> None:
    record_consent(actor=ANNA, statement=said("here", "email", "jana@example.org"))
    record_consent(
        actor=ANNA, statement=said("there", "email", "jana@example.org", granted=False, minute=1)
    )
    state = ConsentState.objects.get()
    assert (state.namespace, state.granted) == ("", False)


def test_an_objection_tells_each_of_the_persons_shops_and_no_other() -> None:
    with store.group(Side.ENGAGE, "test"):
        mine, others = store.create_many(ANNA, Profile, [{"link_id": uuid4()}, {}])
        store.append(
            Identifier,
            [
                Identifier(profile=who, namespace=shop, kind="user", value=number,
                           first_seen_at=NOON)
                for who, shop, number in (
                    (mine, "here", "17"), (mine, "there", "4711"), (others, "there", "17"),
                )
            ],
        )  # fmt: skip
    assert mine.link_id is not None
    record_objection(actor=ANNA, link_id=mine.link_id, channel="web", purpose="newsletter", at=NOON)
    subjects = set(ConsentState.objects.values_list("namespace", "subject_kind", "subject"))
    assert subjects == {
        ("", "person", str(mine.link_id)), ("here", "user", "17"), ("there", "user", "4711"),
    }  # fmt: skip


def test_it_refuses_an_id_of_no_shop_because_nobody_would_ask_for_it() -> None:
    with pytest.raises(ValueError, match="namespace"):
        record_consent(actor=ANNA, statement=said("", "user", "17", granted=False))
    assert not ConsentEntry.objects.exists()
