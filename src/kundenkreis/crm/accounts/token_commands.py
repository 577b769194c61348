"""Tokens: letting a program act on one's behalf, and taking that back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import revocations
from kundenkreis.crm.accounts.models import ApiToken
from kundenkreis.crm.accounts.queries import today
from kundenkreis.crm.accounts.scopes import ACTIONS, ALL_TYPES
from kundenkreis.crm.accounts.token_queries import digest, live
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.registry import TYPES

OF_OTHERS = "crm.apitoken.change"
BEGINS = "kk_"  # so that a key in the wrong place is recognised as one
LONGEST = 731  # days
MOST = 50  # of one member of staff


@command
def create_token(
    *, actor: Actor, name: str, scopes: Mapping[str, str], until: date
) -> tuple[ApiToken, str]:
    """Make a token of the actor's own; returns it and the key, which is never to be had again.

    Raises `DomainError` for a scope that names nothing, a day that is past or too far away, or too
    many tokens.
    """
    if actor.user_id is None:
        raise actor.refusal(OF_OTHERS)
    _check(scopes, until)
    if live(store.rows(ApiToken)).filter(user_id=actor.user_id).count() >= MOST:
        raise DomainError(
            _("You have %(n)s tokens already.") % {"n": MOST},
            hint=_("Revoke one that no program needs any more."),
        )
    key = BEGINS + secrets.token_urlsafe(32)
    token = store.create(
        actor, ApiToken, user_id=actor.user_id, name=name, digest=digest(key),
        scopes=dict(scopes), until=until, created_at=clock.now(),
    )  # fmt: skip
    return token, key


@command
def revoke_token(*, actor: Actor, token_id: int) -> None:
    """End a token at once, one's own or, with the right to those of others, any. Raises `NotFound`,
    `NotAllowed`."""
    token = store.lock(ApiToken, token_id)
    if token.user_id != actor.user_id and actor.level(OF_OTHERS) is not Level.ALL:
        raise actor.refusal(OF_OTHERS)
    if token.revoked_at is None:
        store.change(actor, token, revoked_at=clock.now())
        revocations.note_token(token)


@command
def note_use(*, token: ApiToken) -> None:
    """Keep when a token was last used."""
    store.replace(store.rows(ApiToken).filter(pk=token.pk), used_at=clock.now())


def _check(scopes: Mapping[str, str], until: date) -> None:
    known = {kind.subject for kind in TYPES.values()} | {ALL_TYPES}
    if not scopes or not scopes.keys() <= known or not set(scopes.values()) <= ACTIONS.keys():
        raise DomainError(
            _("A token needs something that it may do."),
            hint=_("Choose types of records, or all of them."),
            field="types",
        )
    if until < today():
        raise DomainError(_("This day is past."), field="until")
    if (until - today()).days > LONGEST:
        raise DomainError(
            _("This is too far away."),
            _("A token that is forgotten should end by itself."),
            _("Choose a day within the next two years."),
            field="until",
        )
