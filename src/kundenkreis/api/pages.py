"""The reference of the API as pages for staff: what there is for them, field by field, with examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kundenkreis.api.openapi import description
from kundenkreis.api.reference import example, rows_of
from kundenkreis.api.resources import resource, resources

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kundenkreis.records.requests import StaffRequest


@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """How to begin, the forms of values, and all types."""
    context = {
        "title": _("API"),
        "title_icon": "braces",
        "base": request.build_absolute_uri("/api/v1"),
        "resources": resources(request.viewer),
    }
    return render(request, "api/overview.html", context)


@require_safe
def of_type(request: StaffRequest, slug: str) -> HttpResponse:
    """The fields of one type and what may be done with it."""
    found = resource(request.viewer, slug)
    base = request.build_absolute_uri(f"/api/v1/{slug}")
    context: dict[str, Any] = {
        "title": found.kind.title,
        "trail": [{"label": _("API"), "url": reverse("api-reference")}],
        "resource": found,
        "rows": rows_of(found),
        "base": base,
        "may": {one: found.kind.may(request.viewer, one) for one in ("create", "change", "remove")},
        "example": json.dumps(example(found), ensure_ascii=False),
    }
    return render(request, "api/type.html", context)


@require_safe
def described(request: StaffRequest) -> HttpResponse:
    """The same for programs that make clients of it."""
    answer = JsonResponse(description(request.viewer), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="kundenkreis-openapi.json"'
    return answer
