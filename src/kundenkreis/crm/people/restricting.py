"""Persons whose data are kept but must not be used (GDPR Art. 18): what that means everywhere.

Nobody changes or deletes them, nobody advertises to them, and only whoever needs them finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import batched
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kundenkreis.crm.people.events import PersonRestricted
from kundenkreis.crm.people.models import Person, Restriction
from kundenkreis.kernel import access, clock, journal, store, tombstones
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.record import together
from kundenkreis.kernel.seclusion import seclude
from kundenkreis.kernel.sides import Side

# Who needs restricted persons finds them, and may restrict and free them.
SEE, SET = "crm.restriction.see", "crm.restriction.change"
Reason = Restriction.Reason
CHUNK = 500
# Set and lifted by an erasure, by nobody else.
BY_ERASURE = frozenset({Reason.ARCHIVE, Reason.ERASING})
_KNOWN = "restricted_by"  # where a person that was read keeps the answer


class IsRestricted(DomainError):
    """The person is restricted: nobody changes them."""

    status = 403

    def __init__(self, restriction: Restriction) -> None:
        super().__init__(
            _("This person is restricted."),
            f"{restriction.get_reason_display()}.",
            _("Ask the data protection officer."),
        )


def restriction_of(person: Person) -> Restriction | None:
    """Why a person is restricted, if they are; found at once for all that were read together."""
    if _KNOWN not in person.__dict__:
        look_up(together(person, _KNOWN))
    known: Restriction | None = person.__dict__[_KNOWN]
    return known


def look_up(people: Sequence[Person]) -> None:
    """Find out of all of them at once whether they are restricted."""
    people = [one for one in people if _KNOWN not in one.__dict__]
    found: dict[int, Restriction] = {}
    for some in batched(people, CHUNK, strict=False):
        rows = Restriction.objects.filter(person__in=[one.pk for one in some])
        found |= {one.person_id: one for one in rows}
    for one in people:
        one.__dict__[_KNOWN] = found.get(one.pk)


def frozen(people: Sequence[Any]) -> dict[int, DomainError]:
    """Those that nobody changes, each with the reason."""
    look_up(people)
    known = ((one.pk, one.__dict__[_KNOWN]) for one in people)
    return {pk: IsRestricted(found) for pk, found in known if found is not None}


@command
def restrict_person(
    *, actor: Actor, person_id: int, reason: str, until: date | None = None, note: str = ""
) -> Restriction:
    """Restrict a person; marketing hears of it. Raises `NotFound`, `DomainError` when they are."""
    person = store.lock(Person, person_id)
    actor.require_for(SET, person)
    if reason not in Reason or reason in BY_ERASURE:
        raise DomainError(_("Choose a reason."), field="reason")
    if store.rows(Restriction).filter(person=person).exists():
        raise DomainError(_("This person is restricted already."))
    made = store.create(
        actor, Restriction, person=person, reason=reason, since=clock.now(), until=until,
        note=note.strip()[:300],
    )  # fmt: skip
    note_of(person, journal.RESTRICTED, reason=reason, until=until.isoformat() if until else "")
    if person.link_id:
        publish(PersonRestricted(person.link_id, restricted=True))
    return made


@command
def free_person(*, actor: Actor, person_id: int) -> None:
    """Lift a restriction. Raises `NotFound`; `DomainError` for archives, which the law restricts."""
    person = store.lock(Person, person_id)
    actor.require_for(SET, person)
    found = store.rows(Restriction).filter(person=person).first()
    if found is None:
        raise DomainError(_("This person is not restricted."))
    if found.reason == Reason.ARCHIVE:
        raise DomainError(
            _("This restriction cannot be lifted."),
            _("The person was erased; only the business records are kept, as the law wants."),
            _("They are deleted when their time is over."),
        )
    if found.reason == Reason.ERASING:
        raise DomainError(
            _("This restriction cannot be lifted."),
            _("The person is being erased; until that is done nobody changes or merges them."),
        )
    _lift(actor, found)


def hold_for_erasure(actor: Actor, person: Person) -> None:
    """Let nobody change, merge or use a locked person from now on: they are going to be erased."""
    if store.rows(Restriction).filter(person=person).exists():
        return
    store.create(
        actor, Restriction, person=person, reason=Reason.ERASING, since=clock.now(), until=None,
        note="",
    )  # fmt: skip
    if person.link_id:
        publish(PersonRestricted(person.link_id, restricted=True))


def let_go(actor: Actor, person_id: int) -> None:
    """Free whom an erasure held that could not be done."""
    rows = store.rows(Restriction).select_related("person")
    found = rows.filter(person=person_id, reason=Reason.ERASING).first()
    if found is not None:
        _lift(actor, found)


def note_of(person: Person, kind: str, **said: str) -> None:
    """Write into the journal what is to hold of a person after a restore, too."""
    who = tombstones.digest(Side.CRM, f"person|{person.pk}|{person.created_at.isoformat()}")
    at = said.pop("at", clock.now().isoformat())
    entry = {"kind": kind, "at": at, "person": person.pk, "who": who, **said}
    journal.note_in_unit(Side.CRM, [entry])


def _lift(actor: Actor, found: Restriction) -> None:
    link = found.person.link_id
    note_of(found.person, journal.FREED)
    store.remove(actor, found)
    if link:
        publish(PersonRestricted(link, restricted=False))


access.freeze(Person, frozen)
seclude(Person, SEE, Q(restriction__isnull=True))
