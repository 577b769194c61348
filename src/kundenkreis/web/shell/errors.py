"""Pages for what went wrong: what happened, why, what to do next; never a traceback."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kundenkreis.crm.accounts.granting import administrators
from kundenkreis.kernel.errors import NotAllowed, Overloaded, TooMany
from kundenkreis.kernel.outage import outage

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kundenkreis.kernel.errors import DomainError

NAMED = 3  # of those who give rights
_LIST = re.compile(r"/(?:crm|engage)/[a-z-]+/(?=\d)")


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A rule said no: a message over the page for htmx, which stays as it is, else a page."""
    whom = _whom_to_ask(error)
    if request.headers.get("HX-Request"):
        return _toast(f"{error} {whom}".strip(), error.status)
    context = {"error": error, "whom": whom, "back_url": _back(request)}
    answer = render(request, "shell/refused.html", context, status=error.status)
    if isinstance(error, TooMany | Overloaded):
        answer["Retry-After"] = str(error.retry_after)
    return answer


def unavailable(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Nothing can be done at the moment; said without asking any database."""
    if request.headers.get("HX-Request"):
        answer = _toast(str(error), error.status)
    else:
        # The request as a value: nothing that pages usually know is looked up for it.
        text = render_to_string("shell/unavailable.html", {"request": request, "error": error})
        answer = HttpResponse(text, status=error.status)
    answer["Retry-After"] = str(getattr(error, "retry_after", Overloaded.retry_after))
    return answer


def _toast(text: str, status: int) -> HttpResponse:
    toast = {"toast": {"text": text, "tone": "error"}}
    return HttpResponse(
        status=status, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"}
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """What allauth shows where its own limits are reached."""
    what, hint = _("You have tried too often."), _("Wait a minute, then try again.")
    return refused(request, TooMany(what, hint=hint))


def _whom_to_ask(error: DomainError) -> str:
    """Who gives rights here, by name, where one is missing."""
    if not isinstance(error, NotAllowed):
        return ""
    names = [str(user) for user in administrators()[:NAMED]]
    return _("Administrators: %(names)s.") % {"names": ", ".join(names)} if names else ""


def _back(request: HttpRequest) -> str:
    """Where the user came from, if that was one of our pages; else the list of what they asked for."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc == request.get_host() and came.path != request.path:
        return f"{came.path}?{came.query}" if came.query else came.path
    found = _LIST.match(request.path)
    return found.group() if found else ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Whatever no rule of ours expected; what can come again says so."""
    passing = outage(sys.exception())
    if passing is not None:
        return unavailable(request, passing)
    return render(request, "ui/errors/500.html", status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "ui/errors/csrf.html", status=403)
