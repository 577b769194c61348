"""Pages for what went wrong: what happened, why, what to do next; never a traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kundenkreis.kernel.errors import DomainError


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A rule said no: a message over the page for htmx, which stays as it is, else a page."""
    if request.headers.get("HX-Request"):
        toast = {"toast": {"text": str(error), "tone": "error"}}
        headers = {"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"}
        return HttpResponse(status=error.status, headers=headers)
    return render(request, "shell/refused.html", {"error": error}, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/errors/500.html", status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "ui/errors/csrf.html", status=403)
