"""Whose token a key is, and what there is of tokens."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db.models import F, QuerySet

from kundenkreis.crm.accounts.models import ApiToken
from kundenkreis.crm.accounts.queries import today, viewer_of
from kundenkreis.crm.accounts.scopes import narrowed
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer

VIA = "api"
SELDOM = timedelta(minutes=5)  # a use is noted at most so often: reading should not write


def digest(key: str) -> str:
    """What is kept of a key: it has 256 random bits, so that no slow digest is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def live(rows: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    """Those that neither were revoked nor have ended."""
    return rows.filter(revoked_at=None, until__gte=today())


def token_of(key: str) -> ApiToken | None:
    """The token of a key with its owner, as far as both may come in at this moment."""
    rows = live(ApiToken.objects.select_related("user"))
    token = rows.filter(digest=digest(key)).first()
    if token is None or not token.user.is_active or token.user.is_over(today()):
        return None
    return token


def viewer_by_token(token: ApiToken) -> Viewer:
    """Who acts through a token: its owner with today's rights, no further than its scopes."""
    return narrowed(viewer_of(token.user, via=f"{VIA}:{token.pk}"), token.scopes)


def is_due(token: ApiToken) -> bool:
    """Whether a use of it is worth noting."""
    return token.used_at is None or clock.now() - token.used_at >= SELDOM


def tokens(viewer: Viewer, limit: int = 200) -> list[ApiToken]:
    """The viewer's tokens, or everybody's for those who may read them; what is revoked comes last."""
    rows = ApiToken.objects.select_related("user")
    if viewer.level("crm.apitoken.read") is not Level.ALL:
        rows = rows.filter(user_id=viewer.user_id or 0)
    return list(rows.order_by(F("revoked_at").asc(nulls_first=True), "-id")[:limit])
