"""The record page: facts on the left, what happened in the middle, what to do on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import registry
from kundenkreis.records.custom.defining import may_define
from kundenkreis.records.declaration import Button
from kundenkreis.records.lists.walking import walk
from kundenkreis.records.merging.commands import part_of
from kundenkreis.records.page import next_step
from kundenkreis.records.page.facts import editable_names, sections
from kundenkreis.records.page.marks import marks_of
from kundenkreis.records.page.relatedlists import related_lists
from kundenkreis.records.page.sharing import may_share
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_GET
def record_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """One record with its facts, figures and panels; of one that became part of another, that one."""
    viewer = request.viewer
    try:
        record = kind.one(viewer, pk)
    except NotFound:
        return _moved(request, kind, pk)
    way = walk(kind, viewer, record, request.GET)
    context = {
        **_told(kind, viewer, record),
        "trail": [{"label": kind.title, "url": way.list_url if way else kind.url()}],
        "walk": way,
        "buttons": buttons(kind, viewer, record),
        "marks": marks_of(kind, viewer, pk),
        "panels": panels(kind, viewer, record),
        "related": related_lists(kind, viewer, record),
        "may_remove": kind.reaches(viewer, "remove", record),
        "remove_url": kind.url(pk, "remove"),
    }
    return show(request, kind, "record", context)


def _moved(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """To where a record is now that somebody has an old address of. Raises `NotFound`."""
    record = part_of(kind, request.viewer, pk) if kind.merges else None
    if record is None:
        raise NotFound
    messages.info(request, _("The record of this address is part of this one now."))
    return redirect(kind.url(record.pk))


@require_GET
def record_panel(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponseBase:
    """What matters of a record, to be read and changed beside the page one is on."""
    record = kind.one(request.viewer, pk)
    if not request.headers.get("HX-Request"):
        return redirect(kind.url(pk))
    context = {**_told(kind, request.viewer, record), "url": kind.url(pk)}
    return show(request, kind, "panel", context)


def _told(kind: RecordType, viewer: Viewer, record: Any) -> dict[str, Any]:
    """What page and panel say of a record."""
    return {
        "title": str(record),
        "record": record,
        "tags": list(kind.tags(record)),
        "subtitle": kind.subtitle(record) if kind.subtitle else "",
        "sections": sections(kind, viewer, record),
        "figures": registry.figures(kind, viewer, record),
    }


def buttons(kind: RecordType, viewer: Viewer, record: Any) -> list[Button]:
    """What can be done with a record: the type's own, then what every record has."""
    pk, found = record.pk, list(registry.buttons(kind, viewer, record))
    editable = editable_names(kind, viewer, record)
    if editable:
        url = kind.url(pk, "edit")
        found.append(Button(_("Edit all facts"), url, "pencil", menu=True, key="e"))
    if "owner_id" in editable:
        label = _("Assign to somebody")
        found.append(Button(label, icon="user-plus", edits="owner_id", menu=True, key="a"))
    if may_share(kind, viewer, record):
        found.append(Button(_("Share"), kind.url(pk, "shares"), "share-2", menu=True))
    if kind.merges and kind.reaches(viewer, "change", record):
        found.append(Button(_("Merge with another"), kind.url(pk, "merge"), "merge", menu=True))
    found.append(Button(_("History"), kind.url(pk, "history"), "history", menu=True))
    if may_define(viewer, kind):
        url = kind.url("layout")
        found.append(Button(_("Arrange this page"), url, "layout-list", menu=True))
    if kind.reaches(viewer, "remove", record):
        label = _("Delete")
        found.append(Button(label, icon="trash-2", opens="remove", menu=True, danger=True))
    return found


def panels(kind: RecordType, viewer: Viewer, record: Any) -> dict[str, list[dict[str, Any]]]:
    """The page's panels by place: the template of each and what it sees."""
    places: dict[str, list[dict[str, Any]]] = {"left": [], "centre": [], "right": []}
    for panel in (next_step.PANEL, *registry.panels(kind)):
        data = panel.data(viewer, record)
        if data is not None:
            places[panel.place].append({"name": panel.name, "template": panel.template, **data})
    return places
