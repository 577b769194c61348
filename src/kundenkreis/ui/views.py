"""The living page of all components, and the choice of light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST, require_safe

from kundenkreis.ui import furniture, samples, source

if TYPE_CHECKING:
    from django.http import HttpRequest

YEAR = 365 * 24 * 3600


@require_GET
def patterns(request: HttpRequest) -> HttpResponse:
    """Every component in every state, light beside dark."""
    return render(request, "ui/patterns.html", samples.page())


@require_safe
def source_code(request: HttpRequest) -> HttpResponse:
    """The source of this version, for everybody: whoever may use it may have it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{source.NAME}.tar.gz"',
        "Cache-Control": "public, max-age=3600",
    }
    return HttpResponse(source.archive(), content_type="application/gzip", headers=headers)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember this browser's theme. Contains no personal data; functional, so no consent needed."""
    chosen = request.POST.get("theme", "")
    if chosen not in furniture.THEMES:
        return HttpResponse(status=422)
    response = HttpResponse(status=204)
    response.set_cookie(
        furniture.THEME_COOKIE,
        chosen,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
