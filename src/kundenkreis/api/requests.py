"""A request to the API: whose token it is, in which language, how fast; then what was asked for."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kundenkreis.api import limits
from kundenkreis.api.problems import (
    BadRequest,
    Broken,
    NoJson,
    NoMethod,
    Owing,
    TooFast,
    TooLarge,
    Unauthorized,
    problem,
)
from kundenkreis.crm.accounts.token_commands import note_use
from kundenkreis.crm.accounts.token_queries import is_due, token_of, viewer_by_token
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.outage import outage

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.crm.accounts.models import ApiToken
    from kundenkreis.kernel.access import Viewer

log = logging.getLogger(__name__)

LONGEST_KEY = 200
# A number beyond every limit, a nesting without end or half a character: what meets parsers and
# databases so was sent so.
UNUSABLE = (OverflowError, RecursionError, UnicodeError, DataError)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of somebody who is known by a token."""

    http: HttpRequest
    viewer: Viewer
    token: ApiToken

    @property
    def query(self) -> QueryDict:
        return self.http.GET

    @property
    def match(self) -> str:
        """The version of the record that the request is about."""
        return self.http.headers.get("If-Match", "")

    @property
    def key(self) -> str:
        """What names the request, should it come again. Raises `BadRequest`."""
        key = self.http.headers.get("Idempotency-Key", "")
        if len(key) > 255 or not key.isprintable():
            raise BadRequest(_("This key is too long."), field="Idempotency-Key")
        return key

    def body(self) -> dict[str, Any]:
        """The object that was sent. Raises `BadRequest`, `NoJson`, `TooLarge`."""
        if self.http.content_type != "application/json":
            raise NoJson
        try:
            found = json.loads(self.http.body, parse_constant=_no_constant)
        except RequestDataTooBig:
            raise TooLarge from None
        except ValueError:
            raise BadRequest(_("This is not JSON.")) from None
        if not isinstance(found, dict):
            raise BadRequest(_("This must be an object."))
        return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


Handler = Callable[..., HttpResponse]


def endpoint(**handlers: Handler) -> Handler:
    """A view that answers each method with a function of its own; HEAD as GET."""

    @csrf_exempt  # no cookie opens it
    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            answer = _answer(request, handlers, values)
        except DomainError as error:  # before anybody is known
            answer = problem(error)
        except Exception as error:  # noqa: BLE001 - it is written to the log
            answer = _broken(request, error)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return view


def _answer(
    request: HttpRequest, handlers: Mapping[str, Handler], values: Mapping[str, Any]
) -> HttpResponse:
    token = _token(request)
    user = token.user
    with translation.override(user.language), timezone.override(ZoneInfo(user.zone)):
        try:
            if seconds := _pause(token):
                raise TooFast(seconds)
            handler = handlers.get("GET" if request.method == "HEAD" else request.method or "")
            if handler is None:
                raise NoMethod(handlers)
            _note_use(token)
            viewer = viewer_by_token(token)
            if viewer.owes:
                raise Owing
            answer = handler(Asked(request, viewer, token), **values)
        except DomainError as error:
            answer = problem(error)
        except UNUSABLE as error:
            log.warning("%s %s: %s", request.method, request.path, type(error).__name__)
            answer = problem(BadRequest(_("This cannot be understood.")))
        except Exception as error:  # noqa: BLE001 - it is written to the log
            answer = _broken(request, error)
    answer.headers["Content-Language"] = user.language
    return answer


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """What no rule of ours expected; what can come again says so."""
    passing = outage(error)
    if passing is None:
        log.error("%s %s", request.method, request.path, exc_info=error)
    else:
        log.warning("%s %s: %r", request.method, request.path, error)
    return problem(passing or Broken())


def _pause(token: ApiToken) -> int:
    """Seconds until they may ask again; where a disk takes nothing nobody is counted, nor kept from reading."""
    try:
        return limits.wait(settings.API_RATES, token.pk, settings.API_RATE)
    except OSError as error:
        if outage(error) is None:
            raise
        log.warning("how fast token %s asks is not counted: %r", token.pk, error)
        return 0


def _note_use(token: ApiToken) -> None:
    """Keep that it is used; a disk that takes nothing does not keep anybody from reading."""
    if not is_due(token):
        return
    try:
        note_use(token=token)
    except Exception as error:
        if outage(error) is None:
            raise
        log.warning("that token %s was used is not kept: %r", token.pk, error)


def _token(request: HttpRequest) -> ApiToken:
    """Whose request it is. Raises `Unauthorized`."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    token = token_of(key) if scheme.lower() == "bearer" and len(key) <= LONGEST_KEY else None
    if token is None:
        raise Unauthorized
    return token


def answered(body: Any, status: int = 200, **headers: str) -> HttpResponse:
    """An answer in JSON; underscores in names of headers are hyphens."""
    said = {name.replace("_", "-"): value for name, value in headers.items() if value}
    return JsonResponse(
        body, status=status, headers=said, safe=False, json_dumps_params={"ensure_ascii": False}
    )
