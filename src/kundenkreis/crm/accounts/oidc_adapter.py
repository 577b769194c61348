"""Log-in at the company's own provider (OpenID Connect): who is let in by it, and who is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.shortcuts import render

from kundenkreis.crm.accounts.commands import create_user
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import is_address_of, today, user_named
from kundenkreis.kernel.access import system

if TYPE_CHECKING:
    from django.http import HttpRequest


class OidcAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Only staff who may log in, or people of the company's domain, who begin without any role."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find whose log-in this is by what the provider calls them, the first time by their address,
        which the provider must have verified: else whoever enters it there would be let in here."""
        if sociallogin.is_existing:
            _require_active(request, sociallogin.user)
            return
        said = _said(sociallogin.account.extra_data)
        email = str(said.get("email") or "").strip()
        if said.get("email_verified") is not True or not email:
            raise refused(request)
        user = user_named(email)
        if user is None and _is_of_the_company(email):
            name = str(said.get("name") or email.partition("@")[0])[:120]
            user = create_user(actor=system("oidc"), email=email, name=name)
        if user is None or not is_address_of(user, email):
            raise refused(request)
        _require_active(request, user)
        sociallogin.connect(request, user)


def _said(data: dict[str, Any]) -> dict[str, Any]:
    """What the provider says of somebody."""
    found: dict[str, Any] = data.get("userinfo") or data.get("id_token") or data
    return found


def _is_of_the_company(email: str) -> bool:
    domain = settings.OIDC_DOMAIN
    return bool(domain) and email.isascii() and email.lower().rpartition("@")[2] == domain


def _require_active(request: HttpRequest, user: User) -> None:
    if not user.is_active or user.is_over(today()):
        raise refused(request)


def refused(request: HttpRequest) -> ImmediateHttpResponse:
    """One answer for every reason: strangers learn nothing of who works here."""
    return ImmediateHttpResponse(render(request, "account/oidc_refused.html", status=403))
