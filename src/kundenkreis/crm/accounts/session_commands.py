"""Ending sessions, and changing the password, which ends all others."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import revocations
from kundenkreis.crm.accounts.models import Session, User
from kundenkreis.crm.accounts.session_queries import OF_OTHERS
from kundenkreis.crm.accounts.sessions import handle
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotFound


@command
def end_session(*, actor: Actor, user_id: int, session: str) -> None:
    """End one session, which a page names by its `handle`. Raises `NotFound`, `NotAllowed`."""
    _require(actor, user_id)
    keys = store.rows(Session).filter(user_id=user_id).values_list("session_key", flat=True)
    found = [key for key in keys if handle(key) == session]
    if not found:
        raise NotFound
    _end(actor, store.lock(User, user_id), only=found)


@command
def end_sessions(*, actor: Actor, user_id: int, but: str = "") -> int:
    """End somebody's sessions, except the one with this key. Raises `NotFound`, `NotAllowed`."""
    _require(actor, user_id)
    return end_all(actor, store.lock(User, user_id), but=but)


@command
def change_password(*, actor: Actor, old: str, new: str, session: str) -> User:
    """Choose another password; it ends all one's sessions but this one.

    Raises `DomainError` when the old one is wrong.
    """
    user = store.lock(User, actor.user_id or 0)
    if not check_password(old, user.password):
        raise DomainError(_("This is not your present password."), field="old")
    store.change(actor, user, password=make_password(new))
    revocations.note_login(user)
    end_all(actor, user, but=session)
    return user


def end_all(actor: Actor, user: User, *, but: str = "") -> int:
    """End the sessions of a locked user, within another command; returns how many."""
    keys = store.rows(Session).filter(user_id=user.pk).exclude(session_key=but)
    return _end(actor, user, only=list(keys.values_list("session_key", flat=True)))


def _end(actor: Actor, user: User, *, only: list[str]) -> int:
    if only:
        store.change(actor, user, derived={"sessions_ended_at": clock.now()})
    return store.discard(store.rows(Session).filter(session_key__in=only))


def _require(actor: Actor, user_id: int) -> None:
    if actor.user_id != user_id and actor.level(OF_OTHERS) is not Level.ALL:
        raise actor.refusal(OF_OTHERS)
