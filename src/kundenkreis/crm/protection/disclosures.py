"""The steps of a complete export for one person; collecting and printing is done by the dossier.

Ordered → collected → looked through → made → encrypted, its password shown once → taken, each time
audited → expired.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection.models import DataRequest, Disclosure
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

RIGHT = "crm.disclosure.create"
State = Disclosure.State
# So long a finished export may be taken, and one that nobody looked through lies there.
KEPT = timedelta(days=7)


@command
def order_disclosure(
    *, actor: Actor, person_id: int, folder: str, request_id: int | None = None
) -> Disclosure:
    """Have everything collected that both sides hold about a person. Raises `NotFound`."""
    actor.require(RIGHT)
    person = store.lock(Person, person_id)
    actor.require_for(RIGHT, person)
    request = None
    if request_id is not None:
        request = store.rows(DataRequest).filter(pk=request_id, person=person).first()
    return store.create(
        actor, Disclosure, person=person, request=request, folder=folder,
        language=(get_language() or "de")[:5], derived={"owner_id": actor.user_id},
    )  # fmt: skip


@command
def note_collected(
    *, actor: Actor, disclosure_id: int, rows: int, others: Sequence[dict[str, Any]]
) -> None:
    """Note how much there is, and who else is named in it."""
    _step(actor, disclosure_id, (State.COLLECTING,), State.REVIEW, rows=rows, others=list(others))


@command
def approve_disclosure(*, actor: Actor, disclosure_id: int, shown: Collection[str]) -> Disclosure:
    """Let it be made as looked through: of the third parties only those `shown` are named."""
    known = {one["text"] for one in store.lock(Disclosure, disclosure_id).others}
    return _step(
        actor, disclosure_id, (State.REVIEW,), State.MAKING, shown=sorted(known & set(shown))
    )


@command
def note_made(*, actor: Actor, disclosure_id: int) -> None:
    _step(actor, disclosure_id, (State.MAKING,), State.MADE)


@command
def made(*, actor: Actor, disclosure_id: int) -> Disclosure:
    """One that is made and not encrypted yet, locked. Raises `DomainError`."""
    return _step(actor, disclosure_id, (State.MADE,), State.MADE)


@command
def note_encrypted(*, actor: Actor, disclosure_id: int, size: int) -> Disclosure:
    """Note that only the encrypted file is left; from now on its time runs."""
    return _step(
        actor, disclosure_id, (State.MADE,), State.READY, size=size, others=[], shown=[],
        expires_at=clock.now() + KEPT,
    )  # fmt: skip


@command
def note_download(*, actor: Actor, disclosure_id: int) -> Disclosure:
    """Note that somebody takes the file. Raises `DomainError` when it is not to be had any more."""
    found = store.lock(Disclosure, disclosure_id)
    if found.state == State.READY and found.expires_at and found.expires_at <= clock.now():
        raise _expired()
    return _step(actor, disclosure_id, (State.READY,), State.READY, downloads=found.downloads + 1)


@command
def note_failure(*, actor: Actor, disclosure_id: int, problem: str) -> None:
    """Note that an export could not be made, and why."""
    _step(
        actor, disclosure_id, (State.COLLECTING, State.MAKING), State.FAILED,
        problem=problem[:300], others=[], shown=[],
    )  # fmt: skip


@command
def expire_disclosures(*, actor: Actor) -> list[str]:
    """End those whose time is over; returns their folders, to be deleted."""
    actor.require(RIGHT)
    now = clock.now()
    over = store.rows(Disclosure).filter(state=State.READY, expires_at__lte=now)
    left = store.rows(Disclosure).filter(
        state__in=[State.REVIEW, State.MADE], changed_at__lte=now - KEPT
    )
    folders = []
    for pk in [*over.values_list("pk", flat=True), *left.values_list("pk", flat=True)]:
        found = store.lock(Disclosure, pk)
        store.replace(store.rows(Disclosure).filter(pk=pk), others=[], shown=[])
        store.change(actor, found, state=State.EXPIRED)
        folders.append(found.folder)
    return folders


def _step(
    actor: Actor, pk: int, expected: Collection[str], state: str, **values: Any
) -> Disclosure:
    actor.require(RIGHT)
    found = store.lock(Disclosure, pk)
    actor.require_for(RIGHT, found)
    if found.state not in expected:
        raise (
            _expired()
            if found.state == State.EXPIRED
            else DomainError(
                _("This export is not at that step."),
                _("Somebody else has gone on with it, or it is still being made."),
                _("Load the page again."),
            )
        )
    # Who else is named is theirs, and no matter of the audit.
    names = {name: values.pop(name) for name in ("others", "shown") if name in values}
    if names:
        store.replace(store.rows(Disclosure).filter(pk=pk), **names)
    store.change(actor, found, state=state, **values)
    return found


def _expired() -> DomainError:
    return DomainError(
        _("This export has expired."),
        _("Its file was deleted, so that it does not lie around."),
        _("Make a new one; it shows what is kept by then."),
    )
