"""One row of every model that is kept for a time, as old as a test wants it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Model

from kundenkreis.crm.accounts.models import Session
from kundenkreis.crm.letters.models import Letter, Letterhead, PrintRun
from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.crm.protection.models import DataRequest, Disclosure
from kundenkreis.crm.sales.models import Opportunity, Order, Pipeline, Stage
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.crm.work.models import Activity, Draft, Notice
from kundenkreis.engage.campaigns.models import Assignment, Campaign, Delivery, Exposure
from kundenkreis.engage.consent.models import ConsentEntry
from kundenkreis.engage.profiles.models import Profile, ProfileMerge, ProfileUnion
from kundenkreis.engage.tracking.models import Event, RejectedItem, SeenMessage, SeenOrder
from kundenkreis.kernel import clock, log, store
from kundenkreis.kernel.forgetting import CROSSED
from kundenkreis.kernel.models import (
    AuditChange,
    AuditEntry,
    IdempotencyKey,
    Job,
    OutboxMessage,
    RemovedRow,
)
from kundenkreis.kernel.relay import READER
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM
from kundenkreis.link.models import InboxMessage
from kundenkreis.records.models import BulkRun, FieldWork, FileShape, Merge, Transfer

Make = Callable[[Side, datetime], Model]


def _row(model: type[Model], since: str, **values: Any) -> Make:
    """Makes rows whose time runs from `since`; values that must be unique are functions."""

    def make(side: Side, at: datetime) -> Model:
        own = {name: value() if callable(value) else value for name, value in values.items()}
        return _stored(side, model(**own | {since: at}))

    return make


def _stored[M: Model](side: Side, row: M) -> M:
    with store.group(side, "test"):
        (made,) = store.append(type(row), [row])
    return made


def _message(side: Side, at: datetime) -> Model:
    made = _stored(side, OutboxMessage(uuid=uuid4(), at=at, name="x", payload={}))
    made.refresh_from_db()
    with store.group(side, "test"):
        for reader in (READER, CROSSED):
            log.move(reader, log.Position(made.tx, made.pk), side)
    return made


def _audit(side: Side, at: datetime) -> Model:
    entry = AuditEntry(at=at, actor="a", via="test", command="x", action="create", target="t")
    return _stored(side, AuditChange(entry=_stored(side, entry), salt="", fields={}))


def _of_campaign(model: type[Model], **values: Any) -> Make:
    def make(side: Side, at: datetime) -> Model:
        with store.group(side, "test"):
            campaign = store.create(SYSTEM, Campaign, name="x", ended_at=at)
        return _row(model, "at", campaign_id=campaign.pk, profile_id=1, **values)(side, at)

    return make


def _opportunity(side: Side, at: datetime) -> Model:
    stage = Stage.objects.filter(kind=Stage.Kind.LOST).first()
    if stage is None:
        with store.group(side, "test"):
            pipeline = store.create(SYSTEM, Pipeline, slug="sale", label={})
            stage = store.create(
                SYSTEM, Stage, pipeline=pipeline, slug="lost", label={}, kind=Stage.Kind.LOST
            )
    values = {"title": "x", "stage": stage, "stage_since": at, "created_at": at}
    return _row(Opportunity, "changed_at", **values)(side, at)


def _disclosure(side: Side, at: datetime) -> Model:
    person = _of_now(Person, "changed_at", last_name="x")(side, at)
    values = {"person_id": person.pk, "folder": _key(), "created_at": at}
    return _row(Disclosure, "changed_at", **values)(side, at)


def _notice(side: Side, at: datetime) -> Model:
    task = _of_now(Activity, "changed_at", text="x")(side, at)
    return _row(Notice, "at", activity_id=task.pk, user_id=1, kind="assigned", by="a")(side, at)


def _told(side: Side, at: datetime) -> Model:
    with store.group(side, "test"):
        hook = store.create(
            SYSTEM, Webhook, name="x", address="https://x", secret="", owner_id=1, since=at
        )
    values = {"webhook": hook, "uuid": uuid4(), "event": "created", "at": at}
    return _row(Message, "noted_at", **values, due_at=at, until=at)(side, at)


def _union(side: Side, at: datetime) -> Model:
    two = [_of_now(Profile, "changed_at", link_id=uuid4)(side, at) for _ in range(2)]
    return _row(ProfileUnion, "at", profile=two[0], into=two[1])(side, at)


def _letter(side: Side, at: datetime) -> Model:
    with store.group(side, "test"):
        head = store.create(SYSTEM, Letterhead, name=_key(), street="x", postal_code="1", town="x")
        person = store.create(SYSTEM, Person, last_name="x")
    values = {"letterhead": head, "person": person, "subject": "x", "body": "x"}
    return _of_now(Letter, "changed_at", **values)(side, at)


def _of_now[M: Model](model: type[M], since: str, **values: Any) -> Make:
    """A record, which was created when it was last changed."""
    return lambda side, at: _row(model, since, created_at=at, **values)(side, at)


def _key() -> str:
    return secrets.token_hex(8)


def _number() -> int:
    return secrets.randbits(40)


_VARIANT = {"variant_id": 1}
_INBOX = {"uuid": uuid4, "name": "x", "payload": {}, "state": "applied"}
_ORDER = {"source": "shop", "net_minor": 1, "tax_minor": 0, "gross_minor": 1, "currency": "EUR"}
_EVENT = {"source_id": 1, "message_id": "m", "profile_id": 1, "type": "x"}
_SAID = {"subject_kind": "anonymous", "purpose": "p", "channel": "web", "decision": "granted"}


def _dated(make: Callable[[datetime], dict[str, Any]], model: type[Model], since: str) -> Make:
    return lambda side, at: _row(model, since, **make(at))(side, at)


MAKERS: dict[type[Model], Make] = {
    AuditChange: _audit,
    OutboxMessage: _message,
    Job: _dated(
        lambda at: {"task": "x", "state": "done", "created_at": at, "due_at": at},
        Job, "finished_at",
    ),
    IdempotencyKey: _row(IdempotencyKey, "at", caller="shop", key=_key, body_hash=""),
    RemovedRow: _row(RemovedRow, "at", batch=_key, table="crm_people.person", row=1, image={}),
    InboxMessage: _dated(
        lambda at: {**_INBOX, "sent_at": at, "received_at": at, "due_at": at},
        InboxMessage, "applied_at",
    ),
    Person: _of_now(Person, "changed_at", last_name="x"),
    TimelineEntry: _dated(
        lambda at: {"kind": "note", "at": at, "actor": "a", "key": _key}, TimelineEntry,
        "recorded_at",
    ),
    Opportunity: _opportunity,
    Order: _dated(
        lambda at: {**_ORDER, "number": _key, "placed_at": at, "created_at": at},
        Order, "changed_at",
    ),
    Disclosure: _disclosure,
    DataRequest: _dated(
        lambda at: {
            "kind": "access", "state": "done", "received_on": at.date(), "due_on": at.date(),
            "created_at": at,
        },
        DataRequest, "changed_at",
    ),
    Profile: _dated(lambda at: {"created_at": at, "changed_at": at}, Profile, "last_seen_at"),
    ProfileUnion: _union,
    ProfileMerge: _row(ProfileMerge, "at", absorbed_id=1, canonical_id=2, reason="x"),
    ConsentEntry: _dated(
        lambda at: {**_SAID, "namespace": "shop", "subject": _key, "at": at, "origin": "web"},
        ConsentEntry, "recorded_at",
    ),
    Event: _dated(lambda at: {**_EVENT, "occurred_at": at}, Event, "received_at"),
    Session: _row(
        Session, "seen_at", session_key=lambda: secrets.token_hex(16), expire_date=clock.now
    ),
    SeenMessage: _row(SeenMessage, "at", source_id=1, message_id=_key),
    SeenOrder: _dated(
        lambda at: {"namespace": "shop", "kind": "order", "order_id": _key, "at": at},
        SeenOrder, "seen_at",
    ),
    RejectedItem: _row(RejectedItem, "at", source_id=1, reason="too_old", item=dict),
    Assignment: _of_campaign(Assignment, **_VARIANT),
    Exposure: _of_campaign(Exposure, **_VARIANT, shown=True),
    Delivery: _of_campaign(Delivery, channel="email", state="planned"),
    Activity: _of_now(Activity, "changed_at", kind="note", text="x", is_done=True),
    Notice: _notice,
    Letter: _letter,
    Message: _told,
    PrintRun: _of_now(PrintRun, "changed_at", kind="person", what="letters", state="done"),
    Draft: _row(Draft, "changed_at", user_id=1, about_kind="person", about_row=_number),
    Transfer: _of_now(
        Transfer, "changed_at", kind="person", direction="in", state="done", folder=_key
    ),
    Merge: _row(Merge, "at", kind="person", kept=1, gone=2, title="x", batch=_key, actor="a"),
    FileShape: _row(FileShape, "changed_at", user_id=1, kind="person", shape=_key),
    BulkRun: _of_now(BulkRun, "changed_at", kind="person", state="done"),
    FieldWork: _of_now(FieldWork, "changed_at", kind="person", state="done"),
}  # fmt: skip
