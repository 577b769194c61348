"""Persons and organisations: what making and deleting one means beyond its own row."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from kundenkreis.crm.people.making import make_many, only
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entry
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.record import Record, reference


@command
def create_person(*, actor: Actor, **values: Any) -> Person:
    """Make a person, with a first e-mail address, phone number and affiliation if given.

    Raises `DomainError` without any name, or for an address that cannot be one.
    """
    return only(create_persons(actor=actor, rows=[values]))


@command
def create_persons(
    *, actor: Actor, rows: Sequence[Mapping[str, Any]]
) -> list[Person | DomainError]:
    """Make many persons; for each the person, or why there is none. See `create_person`."""
    return make_many(actor, Person, rows)


@command
def create_organisation(*, actor: Actor, **values: Any) -> Organisation:
    """Make an organisation, with a first e-mail address and phone number if given."""
    return only(create_organisations(actor=actor, rows=[values]))


@command
def create_organisations(
    *, actor: Actor, rows: Sequence[Mapping[str, Any]]
) -> list[Organisation | DomainError]:
    """Make many organisations; for each the organisation, or why there is none."""
    return make_many(actor, Organisation, rows)


@command
def remove_person(*, actor: Actor, person_id: int) -> None:
    """Delete a person with contact details, affiliations and timeline.

    Opportunities and orders keep a person from being deleted (`ProtectedError`).
    """
    remove_persons(actor=actor, records=[store.lock(Person, person_id)])


@command
def remove_persons(*, actor: Actor, records: Sequence[Person]) -> None:
    """Delete many locked persons; see `remove_person`. One that is refused refuses all."""
    _remove(actor, records, "person")


@command
def remove_organisation(*, actor: Actor, organisation_id: int) -> None:
    """Delete an organisation with contact details, affiliations and timeline."""
    remove_organisations(actor=actor, records=[store.lock(Organisation, organisation_id)])


@command
def remove_organisations(*, actor: Actor, records: Sequence[Organisation]) -> None:
    """Delete many locked organisations. One that is refused refuses all."""
    _remove(actor, records, "organisation")


def enter(
    actor: Actor, record: Record, kind: str, payload: dict[str, Any], at: datetime | None = None
) -> None:
    """Put what the actor did onto the timeline of whom the record is about, if it is about anybody.

    The entry is a consequence of a command that has checked its own right.
    """
    own = isinstance(record, Person | Organisation)
    entry = NewEntry(
        kind=kind,
        at=at or clock.now(),
        key=f"{kind}|{secrets.token_hex(12)}",
        person_id=record.pk if isinstance(record, Person) else getattr(record, "person_id", None),
        organisation_id=record.pk
        if isinstance(record, Organisation)
        else getattr(record, "organisation_id", None),
        reference="" if own else reference(record),
        payload={**payload, "by": actor.name},
    )
    if entry.person_id is None and entry.organisation_id is None:
        return
    writer = replace(actor, grants=MappingProxyType({"crm.person.change": Level.ALL}))
    add_timeline_entry(actor=writer, entry=entry)


def _remove(actor: Actor, records: Sequence[Person] | Sequence[Organisation], kind: str) -> None:
    for record in records:
        actor.require_for(f"crm.{kind}.remove", record)
    store.remove(actor, *records)
