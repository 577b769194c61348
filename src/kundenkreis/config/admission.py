"""How many requests of staff and programs a web process works on at once, and what the others are told.

Whoever finds no place waits in a short line, for a moment; the rest is sent away at once with 503 and
a time to come again. So those who are let in are answered as quickly as on a quiet day, however many
there are outside. Neither programs nor strangers who try to log in get all places: what people look at
comes first. `/health/` needs none.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished
from django.db import connections
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kundenkreis.api.problems import problem
from kundenkreis.config.limits import AT_ONCE, IN_LINE, OF_PROGRAMS, OF_STRANGERS, PATIENCE
from kundenkreis.crm.accounts import devices
from kundenkreis.kernel.errors import Overloaded
from kundenkreis.web.shell import errors
from kundenkreis.web.shell.middleware import API, language_of

HEALTH, ACCOUNT = "/health/", "/account/"
# What says to browsers what they must not do; answers from here come past Django's chain.
RULES = (XFrameOptionsMiddleware, ContentSecurityPolicyMiddleware, SecurityMiddleware)
Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class NoPlace(Exception):
    """The line is full, or it did not move for too long."""


class Line:
    """Places, and a line before them that ends somewhere."""

    def __init__(self, places: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._waiting = threading.BoundedSemaphore(waiting)

    @contextmanager
    def place(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold one. Raises `NoPlace`."""
        if not self._places.acquire(blocking=False):
            self._wait(patience)
        try:
            yield
        finally:
            self._places.release()

    def _wait(self, patience: float) -> None:
        if not self._waiting.acquire(blocking=False):
            raise NoPlace
        try:
            if not self._places.acquire(timeout=patience):
                raise NoPlace
        finally:
            self._waiting.release()


class Admission:
    """What stands before the application. Sending somebody away asks neither it nor a database."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._all, self._programs = Line(AT_ONCE, IN_LINE), Line(OF_PROGRAMS, OF_PROGRAMS)
        self._strangers = Line(OF_STRANGERS, OF_STRANGERS)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == HEALTH:
            return self._application(environ, start_response)
        try:
            with ExitStack() as held:
                if path.startswith(API):
                    held.enter_context(self._programs.place())
                elif _at_the_door(environ, path) and not devices.is_known(_request(environ)):
                    held.enter_context(self._strangers.place())
                held.enter_context(self._all.place())
                return self._application(environ, start_response)
        except NoPlace:
            answer = sent_away(
                path.startswith(API),
                "HTTP_HX_REQUEST" in environ,
                language_of(_request(environ)),
            )
            start_response(f"{answer.status_code} {answer.reason_phrase}", [*answer.items()])
            return [answer.content]


def _at_the_door(environ: Environ, path: str) -> bool:
    """Whether it may be about a log-in, or brings a body, which a stranger may send as slowly as
    they like and for as long as it lasts hold the place."""
    return path.startswith(ACCOUNT) or environ["REQUEST_METHOD"] not in ("GET", "HEAD")


def _request(environ: Environ) -> WSGIRequest:
    """What Django makes of a request, which writes into what it is given: the application gets it anew."""
    return WSGIRequest(dict(environ))


@lru_cache(maxsize=8)
def sent_away(program: bool, part: bool, language: str) -> HttpResponse:
    """One answer for all who are told the same."""
    error = Overloaded(
        _("There is too much to do at the moment."),
        _("More is asked than this server can answer."),
        _("Try again in a few seconds."),
    )
    environ: Environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "https" if settings.SECURE_SSL_REDIRECT else "http",
    }  # fmt: skip
    if part:
        environ["HTTP_HX_REQUEST"] = "true"
    request = WSGIRequest(environ)
    with translation.override(language):
        answer = problem(error) if program else errors.unavailable(request, error)
    for rule in RULES:
        answer = rule(HttpResponse).process_response(request, answer)
    answer["Cache-Control"], answer["Content-Language"] = "no-store", language
    return answer


_kept: WeakSet[object] = WeakSet()
_lock = threading.Lock()


def keep_few_connections(**_said: object) -> None:
    """After a request: as many threads keep their connections as work at once, the others close
    theirs; each is memory, here or at the server."""
    for connection in connections.all(initialized_only=True):
        if connection.connection is None or connection in _kept:
            continue
        with _lock:
            if len(_kept) < AT_ONCE * len(connections.settings):
                _kept.add(connection)
                continue
        connection.close()


request_finished.connect(keep_few_connections, dispatch_uid="kundenkreis.connections")
