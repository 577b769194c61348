"""The record page: facts on the left, what happened in the middle, what to do on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kundenkreis.records import registry
from kundenkreis.records.facts import sections
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_GET
def record_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """One record with its facts, figures and panels."""
    viewer = request.viewer
    record = kind.one(viewer, pk)
    context = {
        "title": str(record),
        "record": record,
        "trail": [{"label": kind.title, "url": kind.url()}],
        "tags": list(kind.tags(record)),
        "subtitle": kind.subtitle(record) if kind.subtitle else "",
        "sections": sections(kind, viewer, record),
        "figures": registry.figures(kind, viewer, record),
        "buttons": registry.buttons(kind, viewer, record),
        "panels": panels(kind, viewer, record),
        "may_change": may(kind, viewer, "change", record),
        "may_remove": may(kind, viewer, "remove", record),
        "edit_url": kind.url(pk, "edit"),
        "remove_url": kind.url(pk, "remove"),
        "history_url": kind.url(pk, "history"),
    }
    return show(request, kind, "record", context)


def panels(kind: RecordType, viewer: Viewer, record: Any) -> dict[str, list[dict[str, Any]]]:
    """The page's panels by place: the template of each and what it sees."""
    places: dict[str, list[dict[str, Any]]] = {"left": [], "centre": [], "right": []}
    for panel in registry.panels(kind):
        data = panel.data(viewer, record)
        if data is not None:
            places[panel.place].append({"name": panel.name, "template": panel.template, **data})
    return places


def may(kind: RecordType, viewer: Viewer, action: str, record: Any) -> bool:
    """Whether the viewer's right to the action reaches this record."""
    if not kind.may(viewer, action):
        return False
    return not hasattr(record, "owner_id") or viewer.covers(kind.right(action), record)
