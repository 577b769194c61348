"""Rows whose ids are not in the order of their transactions, as PostgreSQL may hand them out."""

from __future__ import annotations

import uuid
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connections

from kundenkreis.kernel import audit, clock, log, operation, store
from kundenkreis.kernel.models import AuditEntry, AuditSeal, OutboxMessage
from kundenkreis.kernel.relay import READER
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM, transaction=True)

only_postgresql = pytest.mark.skipif(
    connections["default"].vendor != "postgresql", reason="SQLite has one writer"
)


def entry(pk: int, tx: int) -> AuditEntry:
    values = {"at": clock.now(), "actor": "user:1", "via": "ui", "command": "test"}
    return AuditEntry.objects.using("default").create(
        pk=pk, tx=tx, action="create", target=f"crm.person:{pk}", digest=f"{pk:064}", **values
    )


def sealed() -> list[int]:
    seals = AuditSeal.objects.using("default").order_by("id")
    return list(seals.values_list("entry_id", flat=True))


def damages() -> list[tuple[int, str]]:
    return [(damage.entry_id, damage.what) for damage in audit.verify(Side.CRM)]


def test_sealing_goes_on_after_the_last_sealed_entry_was_deleted() -> None:
    # The second row committed first, so on PostgreSQL the first one is sealed last.
    entry(1, tx=2), entry(2, tx=1)
    audit.seal(Side.CRM)
    last = sealed()[-1]
    AuditEntry.objects.using("default").filter(pk=last).delete()
    entry(3, tx=3)
    assert audit.seal(Side.CRM) == 1
    assert sealed()[-2:] == [last, 3]
    assert damages() == [(last, "missing")]


@only_postgresql
def test_an_entry_that_was_deleted_and_put_back_does_not_stop_sealing() -> None:
    entry(1, tx=1), entry(2, tx=2)
    audit.seal(Side.CRM)
    AuditEntry.objects.using("default").filter(pk=1).delete()
    forged = entry(1, tx=3)
    AuditEntry.objects.using("default").filter(pk=1).update(digest="f" * 64)
    entry(4, tx=4)
    assert audit.seal(Side.CRM) == 1
    assert sealed() == [1, 2, 4]
    assert damages() == [(forged.pk, "altered")]


@only_postgresql
def test_what_waits_is_counted_in_the_order_of_the_log() -> None:
    for pk, tx in ((1, 2), (2, 1)):
        OutboxMessage.objects.using("default").create(
            pk=pk, tx=tx, uuid=uuid.uuid4(), at=clock.now(), name="x", payload={}
        )
        entry(pk, tx)
    with store.group(Side.CRM, "test"):
        log.move(READER, log.Position(1, 2), Side.CRM)
    AuditSeal.objects.using("default").create(entry_id=2, tx=1, chain="")
    health = operation.health(ANNA, Side.CRM)
    assert (health.unread_messages, health.unsealed) == (1, 1)


def test_what_is_read_and_sealed_waits_no_longer() -> None:
    entry(1, tx=1)
    assert operation.health(ANNA, Side.CRM).unsealed == 1
    audit.seal(Side.CRM)
    assert operation.health(ANNA, Side.CRM).unsealed == 0


@only_postgresql
def test_seals_of_before_learn_their_place() -> None:
    entry(1, tx=2), entry(2, tx=1), entry(3, tx=5)
    audit.seal(Side.CRM)
    seals = AuditSeal.objects.using("default").order_by("id")
    seals.update(tx=0)
    AuditEntry.objects.using("default").filter(pk=3).delete()
    migration = import_module("kundenkreis.kernel.migrations.0003_seal_places_and_ended_jobs")
    migration.note_places(apps, SimpleNamespace(connection=connections["default"]))
    assert list(seals.values_list("entry_id", "tx")) == [(2, 1), (1, 2), (3, 2)]
    entry(4, tx=6)
    assert audit.seal(Side.CRM) == 1
