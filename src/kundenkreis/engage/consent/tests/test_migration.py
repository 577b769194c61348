"""What statements from before the shop was kept become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connections

from kundenkreis.engage.consent.models import ConsentEntry, ConsentState
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MIGRATION = import_module("kundenkreis.engage.consent.migrations.0003_name_the_shop")


def said(kind: str, subject: str, *, granted: bool, minute: int = 0) -> ConsentEntry:
    at = NOON + timedelta(minutes=minute)
    return ConsentEntry(
        subject_kind=kind, subject=subject, purpose="offers", channel="web", at=at, recorded_at=at,
        decision="granted" if granted else "withdrawn", origin="web", reference=at.isoformat(),
    )  # fmt: skip


def migrated(*entries: ConsentEntry) -> set[tuple[str, str, bool]]:
    """The states the migration leaves: namespace, subject, granted."""
    with store.group(Side.ENGAGE, "test"):
        who = store.create(ANNA, Profile)
        known = [("here", "v1"), ("here", "v17"), ("there", "v17")]
        store.append(
            Identifier,
            [
                Identifier(profile=who, namespace=shop, kind="anonymous", value=value,
                           first_seen_at=NOON)
                for shop, value in known
            ],
        )  # fmt: skip
        store.append(ConsentEntry, entries)
        stale = [("anonymous", "v17"), ("email", "a@example.org")]
        store.append(
            ConsentState,
            [
                ConsentState(subject_kind=kind, subject=subject, purpose="offers", channel="web",
                             granted=True, since=NOON)
                for kind, subject in stale
            ],
        )  # fmt: skip
    MIGRATION.name_the_shop(apps, SimpleNamespace(connection=connections["engage"]))
    rows = ConsentState.objects.filter(subject_kind="anonymous")
    assert ConsentState.objects.get(subject_kind="email").namespace == ""
    return set(rows.values_list("namespace", "subject", "granted"))


def test_words_about_an_id_that_one_shop_knows_are_that_shops() -> None:
    entries = [
        said("anonymous", "v1", granted=False),
        said("anonymous", "v1", granted=True, minute=1),
    ]
    assert migrated(*entries) == {("here", "v1", True)}


def test_of_an_id_of_two_shops_a_withdrawal_counts_in_both_and_a_grant_in_none() -> None:
    entries = [
        said("anonymous", "v17", granted=False),
        said("anonymous", "v17", granted=True, minute=1),
    ]
    found = migrated(*entries)
    assert {one for one in found if one[0]} == {("here", "v17", False), ("there", "v17", False)}


def test_a_withdrawal_of_somebody_never_seen_counts_in_every_shop() -> None:
    found = migrated(said("anonymous", "v2", granted=False))
    assert found == {("here", "v2", False), ("there", "v2", False)}
    assert ConsentEntry.objects.filter(subject="v2").count() == 2
