"""After a database was restored: what the journal says is done once more, before it is served.

Whoever was erased since is erased again, and a value that was corrected by right is taken out, at
every set-up: such a thing is never to come back. What somebody did not want any more, and what was
taken from staff, is told again by `replay_all`, which a restore calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from uuid import UUID

from kundenkreis.crm.accounts.revocations import revoke_again
from kundenkreis.crm.people.models import Person, Restriction
from kundenkreis.crm.people.permissions import has_objected, record_objection
from kundenkreis.crm.people.restricting import BY_ERASURE, free_person, restrict_person
from kundenkreis.crm.protection.models import Erasure
from kundenkreis.dossier import erasing, register
from kundenkreis.dossier.jobs import run_erasure
from kundenkreis.dossier.rectifying import identity
from kundenkreis.dossier.rectifying_again import take_out_again
from kundenkreis.dossier.register import Noted
from kundenkreis.dossier.whose import whose, whose_link
from kundenkreis.engage.consent.commands import Statement, record_statements
from kundenkreis.engage.consent.queries import known_subjects
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import journal, store, tombstones
from kundenkreis.kernel.access import system
from kundenkreis.kernel.sides import Side

ACTOR = system("restore")
PIECE = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """How often what was done again."""

    erased: int = 0
    rectified: int = 0
    objected: int = 0
    restricted: int = 0
    withdrawn: int = 0
    revoked: int = 0


def replay() -> int:
    """Erase anew whom a restored database still has, and take out what was wrong; returns how many
    people were erased."""
    erased = sum(_again(noted) for noted in register.noted() if _is_unknown(noted))
    _rectified()
    return erased


def replay_all() -> Replayed:
    """Everything the journal says. What crosses the sides by it waits with the rest (`held`)."""
    return Replayed(
        erased=sum(_again(noted) for noted in register.noted() if _is_unknown(noted)),
        rectified=_rectified(),
        objected=_objected(),
        restricted=_restricted(),
        withdrawn=_withdrawn(),
        revoked=revoke_again(actor=ACTOR),
    )


def _rectified() -> int:
    count = 0
    for said in journal.entries(Side.CRM, journal.RECTIFIED):
        if not tombstones.known(Side.CRM, [said["value"]]) and (person := _person(said)):
            take_out_again(actor=ACTOR, person=person, field=said["field"], wrong=said["value"])
            count += 1
    return count


def _objected() -> int:
    count = 0
    for said in journal.entries(Side.CRM, journal.OBJECTED):
        person, at = _person(said), _at(said)
        channel, purpose = str(said["channel"]), str(said["purpose"])
        if person is None or has_objected(person, channel, purpose, at):
            continue
        record_objection(actor=ACTOR, person_id=person.pk, channel=channel, purpose=purpose, at=at)
        count += 1
    return count


def _restricted() -> int:
    """Whoever is restricted by the last word on it."""
    last = {
        said["who"]: said for said in journal.entries(Side.CRM, journal.RESTRICTED, journal.FREED)
    }
    return sum(_as_last_said(person, said) for said in last.values() if (person := _person(said)))


def _as_last_said(person: Person, said: journal.Entry) -> int:
    found = store.stored(Side.CRM, Restriction).filter(person=person).first()
    if said["kind"] == journal.RESTRICTED and found is None:
        until = date.fromisoformat(said["until"]) if said["until"] else None
        restrict_person(actor=ACTOR, person_id=person.pk, reason=said["reason"], until=until)
        return 1
    if said["kind"] == journal.FREED and found is not None and found.reason not in BY_ERASURE:
        if found.since >= _at(said):
            return 0
        free_person(actor=ACTOR, person_id=person.pk)
        return 1
    return 0


def _withdrawn() -> int:
    """What people do not want any more, by whatever name they said it."""
    wanted: dict[str, list[journal.Entry]] = {}
    for said in journal.entries(Side.ENGAGE, journal.WITHDRAWN):
        wanted.setdefault(said["subject"], []).append(said)
    statements = [
        Statement(
            namespace=subject[0], subject_kind=subject[1], subject=subject[2],
            purpose=said["purpose"], channel=said["channel"], granted=False, at=_at(said),
            origin="link",
        )
        for subject in (known_subjects() if wanted else ())
        for said in wanted.get(tombstones.digest(Side.ENGAGE, "|".join(subject)), ())
    ]  # fmt: skip
    pieces = batched(statements, PIECE, strict=False)
    return sum(record_statements(actor=ACTOR, statements=some) for some in pieces)


def _person(said: journal.Entry) -> Person | None:
    """Whom an entry is about; None where the number is somebody else's by now."""
    person = store.stored(Side.CRM, Person).filter(pk=said["person"]).first()
    return person if person is not None and identity(person) == said["who"] else None


def _at(said: journal.Entry) -> datetime:
    return datetime.fromisoformat(said["at"])


def _is_unknown(noted: Noted) -> bool:
    """Whether a side does not know of the erasure: it is as it was before."""
    return any(
        len(tombstones.known(side, noted.digests.get(side, ()))) < len(noted.digests.get(side, ()))
        for side in Side
    )


def _again(noted: Noted) -> int:
    person = store.stored(Side.CRM, Person).filter(pk=noted.person).first()
    if person is not None and _is(person, noted):
        with store.group(Side.CRM, "dossier.replay"):
            erasure = store.create(erasing.ACTOR, Erasure, person_number=person.pk)
        run_erasure(erasure)
    theirs = set(noted.digests.get(Side.ENGAGE, ()))
    for link in _links():
        if tombstones.digest(Side.ENGAGE, f"link|{link}") in theirs:
            erasing.erase_in_engage(whose_link(link), set(), noted.at)
    for side in Side:
        with store.group(side, "dossier.replay"):
            tombstones.bury_digests(noted.digests.get(side, ()), noted.at)
    return int(person is not None)


def _links() -> list[UUID]:
    known = store.stored(Side.ENGAGE, Profile).filter(link_id__isnull=False)
    return [link for link in known.values_list("link_id", flat=True) if link is not None]


def _is(person: Person, noted: Noted) -> bool:
    """Whether it is that person: the number alone may be somebody else's by now."""
    names = whose(person).buried(Side.CRM)
    digests = {tombstones.digest(Side.CRM, name) for name in names}
    return bool(digests & set(noted.digests.get(Side.CRM, ())))
