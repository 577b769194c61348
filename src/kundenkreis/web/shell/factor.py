"""Pages of the second factor that are not allauth's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core.internal import ratelimit
from allauth.mfa.webauthn import views

from kundenkreis.crm.accounts.adapter import too_many

if TYPE_CHECKING:
    from django.http import HttpRequest


def log_in_by_passkey(request: HttpRequest) -> Any:
    """allauth's view, asked no oftener than a log-in may be tried: each question makes a session."""
    if not ratelimit.consume(request, app="allauth.account", action="passkey", limit_get=True):
        raise too_many()
    return views.login_webauthn(request)
