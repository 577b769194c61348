"""Persons and organisations: what making and deleting one means beyond its own row."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.contact_commands import add_affiliation, add_contact_detail
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entry
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.record import Record, reference

MAX_NOTE = 5_000


@command
def create_person(
    *,
    actor: Actor,
    email: str = "",
    phone: str = "",
    organisation: Organisation | None = None,
    function: str = "",
    **values: Any,
) -> Person:
    """Make a person, with a first e-mail address, phone number and affiliation if given.

    Raises `DomainError` without any name, or for an address that cannot be one.
    """
    actor.require("crm.person.create")
    if not any(values.get(name) for name in ("first_name", "last_name", "customer_number")):
        raise DomainError(
            _("Enter a name."),
            _("A person needs a first or last name, or a customer number."),
            field="last_name",
        )
    owner = {"owner_id": actor.user_id}
    person = store.create(actor, Person, derived=owner, **_given(values))
    actor.require_for("crm.person.create", person)
    _add_ways(actor, person, email=email, phone=phone)
    if organisation is not None:
        add_affiliation(actor=actor, person=person, organisation=organisation, function=function)
    return person


@command
def create_organisation(
    *, actor: Actor, email: str = "", phone: str = "", **values: Any
) -> Organisation:
    """Make an organisation, with a first e-mail address and phone number if given."""
    actor.require("crm.organisation.create")
    owner = {"owner_id": actor.user_id}
    found = store.create(actor, Organisation, derived=owner, **_given(values))
    actor.require_for("crm.organisation.create", found)
    _add_ways(actor, found, email=email, phone=phone)
    return found


@command
def remove_person(*, actor: Actor, person_id: int) -> None:
    """Delete a person with contact details, affiliations and timeline.

    Opportunities and orders keep a person from being deleted (`ProtectedError`).
    """
    _remove(actor, store.lock(Person, person_id), "person")


@command
def remove_organisation(*, actor: Actor, organisation_id: int) -> None:
    """Delete an organisation with contact details, affiliations and timeline."""
    _remove(actor, store.lock(Organisation, organisation_id), "organisation")


@command
def add_note(*, actor: Actor, record: Record, text: str) -> None:
    """Write a note onto the timeline of a person, an organisation, or what belongs to them.

    Raises `DomainError` without text.
    """
    record = store.lock(type(record), record.pk)  # not as the actor sees it, but as it is
    actor.require_for(f"crm.{record._meta.model_name}.change", record)
    text = text.replace("\0", "").strip()[:MAX_NOTE]
    if not text:
        raise DomainError(_("Write something first."), field="text")
    enter(actor, record, "note", {"text": text})


@command
def finish_next_step[R: Record](*, actor: Actor, record: R) -> R:
    """Mark the next step of a record as done: it moves from the record to the timeline."""
    right = f"crm.{record._meta.model_name}.change"
    locked = store.lock(type(record), record.pk)
    actor.require_for(right, locked)
    step, due = getattr(locked, "next_step", ""), getattr(locked, "next_step_on", None)
    if step or due:
        enter(actor, record, "step_done", {"text": step})
        store.change(actor, locked, next_step="", next_step_on=None)
    return locked


def enter(
    actor: Actor, record: Record, kind: str, payload: dict[str, Any], at: datetime | None = None
) -> None:
    """Put what the actor did onto the timeline of whom the record is about.

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
    writer = replace(actor, grants=MappingProxyType({"crm.person.change": Level.ALL}))
    add_timeline_entry(actor=writer, entry=entry)


def _add_ways(actor: Actor, holder: Person | Organisation, **values: str) -> None:
    for kind, value in values.items():
        if value:
            try:
                add_contact_detail(actor=actor, holder=holder, kind=kind, value=value)
            except NotAllowed:
                raise
            except DomainError as error:
                raise DomainError(error.what, error.why, error.hint, field=kind) from error


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Without an empty owner, so that whoever makes a record has it."""
    return {
        name: value for name, value in values.items() if name != "owner_id" or value is not None
    }


def _remove(actor: Actor, record: Person | Organisation, kind: str) -> None:
    actor.require_for(f"crm.{kind}.remove", record)
    store.remove(actor, record)
