"""What staff ask the worker for: an erasure."""

from __future__ import annotations

from kundenkreis.crm.protection import erasures
from kundenkreis.crm.protection.models import Erasure
from kundenkreis.dossier.jobs import erase_person
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.sides import Side


def order_erasure(
    *, actor: Actor, person_id: int, typed: str, request_id: int | None = None
) -> Erasure:
    """Have somebody erased by the worker; see `crm.protection.erasures.order_erasure`."""
    with store.group(Side.CRM, "dossier.order_erasure"):
        made = erasures.order_erasure(
            actor=actor, person_id=person_id, typed=typed, request_id=request_id
        )
        erase_person.enqueue_once(f"erase|{made.pk}", made.pk)
    return made
