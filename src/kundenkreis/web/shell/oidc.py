"""Log-in at the company's own provider; allauth's two pages, which answer also when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.socialaccount.providers.openid_connect import views
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


@require_POST
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, with a key that only this browser has (PKCE)."""
    if "process" in request.GET or "process" in request.POST:
        raise Http404  # allauth would also link it to whoever is logged in
    return _asked(views.login, request, provider_id)


@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _asked(views.callback, request, provider_id)


@require_GET
def cancelled(request: HttpRequest) -> HttpResponse:
    """Somebody has changed their mind at the provider."""
    return render(request, "socialaccount/authentication_error.html")


def _asked(
    view: Callable[[HttpRequest, str], HttpResponse], request: HttpRequest, provider_id: str
) -> HttpResponse:
    try:
        return view(request, provider_id)
    except OSError:  # it does not answer, or not within three seconds
        return render(request, "account/oidc_away.html", status=503)
