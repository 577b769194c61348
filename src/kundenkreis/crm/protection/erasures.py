"""Ordering that somebody is erased, and noting how it went; what it does is done by the dossier."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kundenkreis.crm.people import restricting
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection.models import DataRequest, Erasure
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

# Not one to persons: whoever may do everything with customers may not erase them for good.
RIGHT = "crm.erasure.create"


@command
def order_erasure(
    *, actor: Actor, person_id: int, typed: str, request_id: int | None = None
) -> Erasure:
    """Have a person erased on both sides; nobody can take it back.

    `typed` is the person's name, typed once more. Raises `NotFound`, `NotAllowed`, `DomainError`
    when it is another name, or while they are being erased already.
    """
    actor.require(RIGHT)
    person = store.lock(Person, person_id)
    actor.require_for(RIGHT, person)
    if " ".join(typed.split()).casefold() != str(person).casefold():
        raise DomainError(
            _("That is not the name of this person."),
            _("It is asked for because nobody can take an erasure back."),
            _("Type “%(name)s”.") % {"name": person},
            field="typed",
        )
    running = store.rows(Erasure).filter(person_number=person_id, state=Erasure.State.RUNNING)
    if running.exists():
        raise DomainError(_("This person is being erased already."))
    restricting.hold_for_erasure(actor, person)
    request = None
    if request_id is not None:
        request = store.rows(DataRequest).filter(pk=request_id, person=person).first()
    return store.create(
        actor, Erasure, person_number=person_id, request=request,
        derived={"owner_id": actor.user_id},
    )  # fmt: skip


@command
def note_scrubbed(*, actor: Actor, erasure_id: int) -> None:
    """Note that nothing is left in the databases' files either."""
    actor.require(RIGHT)
    erasure = store.lock(Erasure, erasure_id)
    store.change(actor, erasure, scrubbed_at=clock.now(), state=Erasure.State.DONE)


@command
def note_failure(*, actor: Actor, erasure_id: int, problem: str) -> None:
    """Note that an erasure could not be done, and why; whoever is still there is free again."""
    actor.require(RIGHT)
    erasure = store.lock(Erasure, erasure_id)
    restricting.let_go(actor, erasure.person_number)
    store.change(actor, erasure, state=Erasure.State.FAILED, problem=problem[:300])
