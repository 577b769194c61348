"""The worker's part of what people ask for by their rights."""

from __future__ import annotations

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection.erasures import note_scrubbed
from kundenkreis.crm.protection.models import Erasure
from kundenkreis.dossier import erasing
from kundenkreis.dossier.whose import whose
from kundenkreis.kernel import scrubbing, store
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.sides import Side


class StillRead(RuntimeError):
    """Somebody reads a database for so long that its log cannot be emptied; it is tried again."""


@job(Side.CRM)
def erase_person(erasure_id: int) -> None:
    """Erase somebody on both sides; after a crash it goes on where it was."""
    run_erasure(store.stored(Side.CRM, Erasure).get(pk=erasure_id))


def run_erasure(erasure: Erasure) -> None:
    """The whole of it, in this process. Raises `StillRead`."""
    if erasure.done_at is None:
        person = store.stored(Side.CRM, Person).filter(pk=erasure.person_number).first()
        if person is not None:
            erasing.erase(whose(person), erasure)
    clean = [scrubbing.scrub(side, erasing.tables(side)) for side in Side]
    if not all(clean):
        raise StillRead
    note_scrubbed(actor=erasing.ACTOR, erasure_id=erasure.pk)
