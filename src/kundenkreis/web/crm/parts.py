"""Parts of record pages that are written to and shown again by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import registry
from kundenkreis.records.views.pages import panels

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


def found(request: StaffRequest, slug: str, pk: int, panel: str) -> tuple[RecordType, Any]:
    """The type and the visible record an address names; only types that have the panel."""
    try:
        kind = registry.named(slug)
    except LookupError:
        raise Http404 from None
    if all(one.name != panel for one in registry.panels(kind)):
        raise Http404
    return kind, kind.one(request.viewer, pk)


def again(
    request: StaffRequest, kind: RecordType, record: Any, name: str, **changed: Any
) -> HttpResponse:
    """One panel of a record page, after something in it has changed."""
    fresh = kind.one(request.viewer, record.pk)
    places = panels(kind, request.viewer, fresh)
    shown = (one for place in places.values() for one in place if one["name"] == name)
    panel = next(shown, None)
    if panel is None:  # only whoever may not write in it has no such panel
        raise NotFound
    context = {"panel": {**panel, **changed}, "record": fresh, "kind": kind}
    return render(request, panel["template"], context)
