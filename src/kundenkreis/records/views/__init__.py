"""The engine's views: functions that take a type and answer a page or a part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import select_template

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


def template_names(kind: RecordType, view: str) -> list[str]:
    """The type's own template of that name if there is one, else the engine's."""
    return [f"{kind.context}/{kind.name}_{view}.html", f"records/{view}.html"]


def show(
    request: StaffRequest,
    kind: RecordType,
    view: str,
    context: dict[str, Any],
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of a type, or one named part (`partialdef`) of it."""
    names = [f"{name}#{part}" if part else name for name in template_names(kind, view)]
    template = select_template(names)
    return HttpResponse(template.render({"kind": kind, **context}, request), status=status)


def away(request: StaffRequest, address: str) -> HttpResponse:
    """Leave for another page, from a form of a page or of a part of one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
