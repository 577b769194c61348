"""The second factor of a log-in: noting its changes, resetting somebody's, and who needs one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings

from kundenkreis.crm.accounts import granting, letting_in, revocations
from kundenkreis.crm.accounts.models import Company, User
from kundenkreis.crm.accounts.session_commands import end_all
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command


@command
def note_factor(*, actor: Actor, user_id: int) -> User:
    """Note that somebody's second factor has changed, and tell them: it might not have been them."""
    user = store.lock(User, user_id)
    store.change(actor, user, derived={"factor_at": clock.now()})
    revocations.note_factor(user)
    letting_in.send(user, "factor", settings.STAFF_ADDRESS)
    return user


@command
def reset_factor(*, actor: Actor, user_id: int) -> int:
    """Take away everything somebody confirms their log-in with, and end their sessions, for when they
    have lost it; returns how many that was. Raises `NotFound`, `NotAllowed`, `DomainError`."""
    actor.require("crm.user.change")
    user = store.lock(User, user_id)
    granting.require_person(actor, user)
    granting.not_oneself(actor, user_id)
    gone = store.discard(store.rows(Authenticator).filter(user_id=user_id))
    note_factor(actor=actor, user_id=user_id)
    end_all(actor, user)
    return gone


@command
def require_factor(*, actor: Actor, of_all: bool) -> Company:
    """Say whether everybody needs a second factor; for a role, the role says so.

    Raises `NotAllowed` for whoever may not do everything.
    """
    actor.require("crm.role.change")
    if not granting.does_all(actor):
        raise actor.refusal("crm.role.change")
    found = store.rows(Company).select_for_update().first()
    if found is None:
        return store.create(actor, Company, needs_factor=of_all)
    store.change(actor, found, needs_factor=of_all)
    return found
