"""What somebody sees who opens the public address in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Says what this address is."""
    return _page(request, "home", 200)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For supervisors and load balancers: the process answers."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """A page that needs no proof whose form it is, so it gets no token and sets no cookie."""
    # Passed as a value: for a request of its own the template engine would make a token.
    return HttpResponse(render_to_string(f"edge/{name}.html", {"request": request}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "forbidden", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "not_found", 404)


def broken(request: HttpRequest) -> HttpResponse:
    return _page(request, "broken", 500)
