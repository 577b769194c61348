"""Opt-outs on the crm's side: the projection of the consent ledger, and objections told to staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.customer_commands import link_person
from kundenkreis.crm.people.events import ObjectionRecorded
from kundenkreis.crm.people.models import ContactPermission, Person
from kundenkreis.crm.people.restricting import note_of
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entry
from kundenkreis.kernel import clock, journal, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.events import publish

# The kind of subject of what a person told staff: the subject is their link id.
PERSON = "person"
STAFF = "staff"
CHANNELS = ("email", "phone", "post", "social", "sms", "web")


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody allowed or withdrew, for one purpose on one channel, and since when.

    `origin` is where it came from, `confirmed_at` when the person themselves confirmed a grant.
    """

    subject_kind: str
    subject: str
    purpose: str
    channel: str
    granted: bool
    since: datetime
    link_id: UUID | None = None
    origin: str = ""
    confirmed_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.subject_kind, self.subject, self.purpose, self.channel)


@command
def project_consent(*, actor: Actor, statements: Sequence[Statement]) -> int:
    """Take over what the consent ledger says now; returns how many rows changed.

    What a person told staff is never lifted by a grant that is not newer.
    """
    actor.require("crm.person.change")
    wanted = {statement.key: statement for statement in statements}
    rows = store.rows(ContactPermission).select_for_update()
    outdated = []
    for row in rows.filter(subject__in={statement.subject for statement in statements}):
        known = _statement(row)
        statement = wanted.get(known.key, known)
        if statement == known or _stricter(known, statement):
            wanted.pop(known.key, None)
        else:
            outdated.append(row.pk)
    store.discard(store.rows(ContactPermission).filter(pk__in=outdated))
    store.append(ContactPermission, [_row(statement) for statement in wanted.values()])
    return len(wanted)


def _stricter(known: Statement, said: Statement) -> bool:
    told = known.subject_kind == PERSON and not known.granted
    return told and said.granted and said.since <= known.since


@command
def record_objection(
    *,
    actor: Actor,
    person_id: int,
    channel: str,
    purpose: str,
    at: datetime | None = None,
) -> None:
    """Note that a person does not want to be contacted on a channel for a purpose ("" = for any).

    It counts here at once and crosses to the consent ledger. Raises `NotFound`.
    """
    actor.require("crm.person.change")
    person = store.lock(Person, person_id)
    actor.require_for("crm.person.change", person)
    at = at or clock.now()
    link_id = link_person(actor=actor, person_id=person_id)
    statement = Statement(PERSON, str(link_id), purpose, channel, False, at, link_id, STAFF)
    project_consent(actor=actor, statements=[statement])
    entry = NewEntry(
        kind="objection",
        at=at,
        key=f"objection|{person.pk}|{purpose}|{channel}|{at.isoformat()}",
        person_id=person.pk,
        payload={"channel": channel, "purpose": purpose},
    )
    add_timeline_entry(actor=actor, entry=entry)
    note_of(person, journal.OBJECTED, at=at.isoformat(), channel=channel, purpose=purpose)
    publish(ObjectionRecorded(link_id=link_id, channel=channel, purpose=purpose, at=at))


def has_objected(person: Person, channel: str, purpose: str, at: datetime) -> bool:
    """Whether that objection is known here, or a later one to the same."""
    rows = ContactPermission.objects.filter(subject_kind=PERSON, subject=str(person.link_id))
    return rows.filter(channel=channel, purpose=purpose, granted=False, since__gte=at).exists()


@command
def record_objections(
    *, actor: Actor, person_id: int, channels: Sequence[str], purpose: str = ""
) -> None:
    """Note an objection for several channels at once ("do not contact me any more").

    Raises `DomainError` without a channel that exists, `NotFound`.
    """
    actor.require_for("crm.person.change", store.lock(Person, person_id))
    chosen = [channel for channel in CHANNELS if channel in channels]
    if not chosen:
        raise DomainError(_("Choose at least one channel the person does not want any more."))
    for channel in chosen:
        record_objection(actor=actor, person_id=person_id, channel=channel, purpose=purpose)


def _statement(row: ContactPermission) -> Statement:
    return Statement(
        row.subject_kind, row.subject, row.purpose, row.channel, row.granted, row.since,
        row.link_id, row.origin, row.confirmed_at,
    )  # fmt: skip


def _row(statement: Statement) -> ContactPermission:
    return ContactPermission(
        link_id=statement.link_id,
        subject_kind=statement.subject_kind,
        subject=statement.subject,
        folded=folded_way(statement.subject_kind, statement.subject)[:320],
        purpose=statement.purpose,
        channel=statement.channel,
        granted=statement.granted,
        since=statement.since,
        origin=statement.origin,
        confirmed_at=statement.confirmed_at,
    )
