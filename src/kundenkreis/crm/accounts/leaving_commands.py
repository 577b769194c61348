"""Somebody leaves the company: from now on they come in by no way, and with what they came in is gone."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting, revocations, session_commands
from kundenkreis.crm.accounts.absence_commands import FOR_OTHERS
from kundenkreis.crm.accounts.models import Absence, ApiToken, User
from kundenkreis.crm.accounts.queries import today
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

# What is kept of somebody only so that they can log in.
LOGGED_IN_WITH = (Authenticator, SocialAccount, EmailAddress)


@command
def let_leave(*, actor: Actor, user_id: int, successor_id: int) -> User:
    """End somebody's access: log-in, second factor, sessions, tokens; for whom they would have stood in, the
    successor does, if the actor may say so of others.

    Raises `NotFound`; `DomainError` for oneself, for more rights than one's own, for a successor
    who may not log in, and when nobody would be left to administer.
    """
    actor.require("crm.user.change")
    granting.hold_keys()
    user = store.lock(User, user_id)
    granting.require_person(actor, user)
    granting.not_oneself(actor, user_id)
    successor = store.rows(User).filter(pk=successor_id, is_active=True).first()
    if successor is None or successor.pk == user_id:
        raise DomainError(
            _("Choose a colleague."), _("Somebody else who may log in takes over."), field="to"
        )
    store.change(actor, user, is_active=False, password=make_password(None))
    for model in LOGGED_IN_WITH:
        store.discard(store.rows(model).filter(user_id=user_id))
    granting.require_administrator()
    revocations.note_access(user)
    revocations.note_login(user)
    revocations.note_factor(user)
    session_commands.end_all(actor, user)
    for token in store.rows(ApiToken).filter(user_id=user_id, revoked_at__isnull=True):
        store.change(actor, token, revoked_at=clock.now())
        revocations.note_token(token)
    if actor.level(FOR_OTHERS) is not Level.ALL:  # not theirs to give to anybody
        return user
    for absence in store.rows(Absence).filter(deputy_id=user_id, ends_on__gte=today()):
        if not granting.does_all(actor):  # who stands in reads what is theirs
            granting.require_person(actor, absence.user)
        if absence.user_id != successor.pk:
            store.change(actor, absence, deputy=successor)
        else:  # nobody stands in for themselves
            store.remove(actor, absence)
    return user


def tokens(user_id: int) -> int:
    """How many tokens of theirs are good now."""
    return ApiToken.objects.filter(
        user_id=user_id, revoked_at__isnull=True, until__gte=today()
    ).count()


def stands_in(user_id: int) -> list[Absence]:
    """The absences in which they are, or will be, somebody's deputy; at most a hundred."""
    found = Absence.objects.filter(deputy_id=user_id, ends_on__gte=today())
    return list(found.select_related("user").order_by("starts_on", "pk")[:100])
