"""After a database was restored: whoever was erased since is erased once more, before it is served."""

from __future__ import annotations

from uuid import UUID

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection.models import Erasure
from kundenkreis.dossier import erasing, register
from kundenkreis.dossier.jobs import run_erasure
from kundenkreis.dossier.register import Noted
from kundenkreis.dossier.whose import whose, whose_link
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import store, tombstones
from kundenkreis.kernel.sides import Side


def replay() -> int:
    """Erase anew whom a restored database still has; returns how many."""
    return sum(_again(noted) for noted in register.noted() if _is_unknown(noted))


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
