"""Every staff request: who is it, in which language, and what if a rule says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation

from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.kernel.errors import DomainError
from kundenkreis.web.shell import errors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Everything else needs a log-in; the test of the route inventory reads this list.
PUBLIC = ("/account/login/", "/account/logout/", "/welcome/", "/static/", "/health/")


class ViewerMiddleware:
    """Puts `request.viewer` there, asks for a log-in, and turns domain errors into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            if not request.path.startswith(PUBLIC):
                return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={request.path}")
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            language = language or translation.get_language_from_request(request)
            with translation.override(language):
                request.LANGUAGE_CODE = translation.get_language() or "de"
                return self.get_response(request)
        request.viewer = viewer_of(user)
        with translation.override(user.language), timezone.override(ZoneInfo(user.zone)):
            request.LANGUAGE_CODE = user.language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return errors.refused(request, error) if isinstance(error, DomainError) else None
