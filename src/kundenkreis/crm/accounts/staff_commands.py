"""Letting colleagues in and out: invitations, roles, teams, the last day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting, letting_in, revocations
from kundenkreis.crm.accounts.models import Role, Team, User
from kundenkreis.crm.accounts.session_commands import end_all
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotFound


@command
def change_access(
    *,
    actor: Actor,
    user_id: int,
    roles: Collection[int],
    teams: Collection[int],
    is_active: bool,
    until: date | None,
) -> User:
    """Set what somebody may do, in which teams, and until when; it holds from their next request.

    Whoever may not log in any more is logged out everywhere.

    Raises `NotFound`; `DomainError` for rights or teams beyond the actor's own, for a role that
    needs a last day, and when nobody would be left to administer.
    """
    actor.require("crm.user.change")
    granting.hold_keys()
    user = store.lock(User, user_id)
    before, wanted = list(user.roles.all()), list(store.rows(Role).filter(pk__in=roles))
    granting.require_grant(actor, [*before, *wanted])
    chosen = list(store.rows(Team).filter(pk__in=teams))
    granting.require_teams(actor, user.teams.all(), chosen)
    granting.require_end(wanted, until)
    store.change(actor, user, is_active=is_active, until=until)
    store.assign(actor, user, roles=wanted, teams=chosen)
    if not is_active:
        end_all(actor, user)
    granting.require_administrator()
    revocations.note_access(user)
    return user


@command
def invite(*, actor: Actor, user_id: int) -> tuple[User, str]:
    """Make a link by which somebody chooses their password once, and send it to them; an earlier one
    goes on being good until a password was chosen, or for three days.

    Raises `NotFound`; `DomainError` for somebody with more rights than the actor, or without access.
    """
    actor.require("crm.user.change")
    user = store.lock(User, user_id)
    # Whoever chooses the password is that person: this is giving all their rights.
    granting.require_person(actor, user)
    granting.not_oneself(actor, user_id)
    if not user.is_active:
        raise DomainError(
            _("This account may not log in."),
            hint=_("Open it first, then invite again."),
        )
    link = letting_in.address("invitation", user, letting_in.INVITATION.make_token(user))
    letting_in.send(user, "invitation", link)
    return user, link


@command
def accept_invitation(*, actor: Actor, user_id: int, token: str, password: str) -> User:
    """Set the password that somebody chose. Raises `NotFound` for a token that is not good."""
    return _choose(actor, user_id, letting_in.INVITATION, token, password)


@command
def reset_password(*, actor: Actor, user_id: int, token: str, password: str) -> User:
    """Set another password by a link that a mail brought; all sessions end. Raises `NotFound`."""
    return _choose(actor, user_id, letting_in.RESET, token, password)


def _choose(
    actor: Actor, user_id: int, tokens: letting_in.Tokens, token: str, password: str
) -> User:
    user = store.lock(User, user_id)
    if not letting_in.good(user, tokens, token):
        raise NotFound
    store.change(actor, user, password=make_password(password))
    revocations.note_login(user)
    end_all(actor, user)
    return user


@command
def change_user(*, actor: Actor, user_id: int, name: str, email: str, language: str) -> User:
    """Correct what somebody is called, what they log in with, and their language.

    Raises `NotFound`, `DomainError`.
    """
    actor.require("crm.user.change")
    user = store.lock(User, user_id)
    granting.require_person(actor, user)
    email = email.strip().lower()
    if store.rows(User).filter(email__iexact=email).exclude(pk=user_id).exists():
        raise taken()
    another = email != user.email
    store.change(actor, user, name=name, email=email, language=language)
    if another:  # whoever had the old address has nothing of it any more
        store.discard(store.rows(SocialAccount).filter(user_id=user_id))
        revocations.note_login(user)
        end_all(actor, user)
    return user


def taken() -> DomainError:
    return DomainError(
        _("There is already a user with this e-mail address."),
        _("The address is what people log in with, so it must be unique."),
        _("Choose another address."),
        field="email",
    )
