"""What somebody sees who opens the public address in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Says what this address is."""
    return render(request, "edge/home.html")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For supervisors and load balancers: the process answers."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "edge/bad_request.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "edge/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "edge/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "edge/broken.html", status=500)
