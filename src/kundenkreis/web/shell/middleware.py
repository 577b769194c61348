"""Every staff request: who is it, in which language, and what if a rule says no."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.db import DataError
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import is_valid_path
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kundenkreis.crm.accounts import sessions
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import anybody, today, viewer_of
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.exchange.commands import too_large
from kundenkreis.records.exchange.reading import MOST_BYTES
from kundenkreis.web.shell import errors

if TYPE_CHECKING:
    from django.http import HttpRequest

log = logging.getLogger(__name__)

# Everything else needs a log-in; the test of the route inventory reads this list.
PUBLIC = (
    "/account/login/",
    "/account/logout/",
    "/account/invitation/",
    "/account/reset/",
    "/account/oidc/",
    "/account/factor/confirm/",
    "/account/factor/passkey/",
    "/welcome/",
    "/preferences/language/",
    "/static/",
    "/health/",
    "/source/",
)

# What is the same for everybody; all else before the log-in has tokens of forms and links in it.
KEPT = ("/static/", "/health/", "/source/")

# What somebody may open who has something to do before they have any rights.
OWING = (
    "/account/",
    "/preferences/",
    "/static/",
    "/health/",
    "/source/",
)


# What a number beyond every limit, a nesting without end or half a character raises, wherever a
# request's text meets Python's parsers or a database.
UNUSABLE = (OverflowError, RecursionError, UnicodeEncodeError, DataError)


API = "/api/"  # which knows tokens only, and no session
FORM = 1_000_000  # what a form may have, beside the largest file where one is expected


def _length(request: HttpRequest) -> int:
    """How long the request says it is; nothing of it is read yet."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


class ViewerMiddleware:
    """Puts `request.viewer` there, asks for a log-in, and turns domain errors into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return self._before_login(request)
        if user.is_over(today()):
            return self._time_is_over(request, user)
        sessions.note(request)
        request.viewer = viewer_of(user)  # type: ignore[attr-defined]
        request.edits_lists = user.edits_lists  # type: ignore[attr-defined]
        with translation.override(user.language), timezone.override(ZoneInfo(user.zone)):
            request.LANGUAGE_CODE = user.language
            if request.viewer.owes and not request.path.startswith(OWING):  # type: ignore[attr-defined]
                response = _to_what_is_owed(request)
            elif _length(request) > MOST_BYTES + FORM:
                response = errors.refused(request, too_large())
            else:
                response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def _before_login(self, request: HttpRequest) -> HttpResponse:
        public = request.path.startswith(PUBLIC)
        if not public or request.path == resolve_url(settings.LOGIN_URL):
            if not anybody():
                return redirect("welcome")
            if not public:
                return _to_login(request)
        with translation.override(language_of(request)):
            request.LANGUAGE_CODE = translation.get_language() or "de"
            if _length(request) > FORM:  # strangers fill no disk: nothing of it is read
                response = errors.refused(request, _too_large())
            else:
                response = self.get_response(request)
        if not request.path.startswith(KEPT):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def _time_is_over(self, request: HttpRequest, user: User) -> HttpResponse:
        """Access that was given for a time ends by itself, in the middle of a session too."""
        logout(request)
        with translation.override(user.language):
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            answer = render(request, "account/over.html", {"until": user.until}, status=403)
            answer.headers["Cache-Control"] = "no-store, private"
            return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, UNUSABLE):
            log.warning("%s %s: %s", request.method, request.path, type(error).__name__)
            return errors.bad_request(request, error)
        return errors.refused(request, error) if isinstance(error, DomainError) else None


def _too_large() -> DomainError:
    return DomainError(
        _("What was sent is too large."),
        _("Before the log-in there are only forms for a few words."),
        _("Log in first."),
    )


def _to_what_is_owed(request: HttpRequest) -> HttpResponse:
    """They have no rights yet; pages lead to what has to be done, and nothing else is answered."""
    address = resolve_url(request.viewer.owes)  # type: ignore[attr-defined]
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    if request.method == "GET" and request.path != "/":
        address = f"{address}?next={quote(request.get_full_path())}"
    return redirect(address)


def _to_login(request: HttpRequest) -> HttpResponse:
    address = resolve_url(settings.LOGIN_URL)
    if request.headers.get("HX-Request"):  # the session ended while the page was open
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    # Nobody should be sent to a page that does not exist, or that only takes what was sent to it.
    if request.method not in ("GET", "HEAD") or not is_valid_path(request.path_info):
        return redirect(address)
    return redirect(f"{address}?next={quote(request.get_full_path())}")


def language_of(request: HttpRequest) -> str:
    """The language of somebody of whom nothing else is known."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else _accepted(request)


def _accepted(request: HttpRequest) -> str:
    return translation.get_language_from_request(request)
