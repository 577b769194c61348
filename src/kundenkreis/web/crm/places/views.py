"""Persons and organisations on a map: another way to show their lists, over the same filters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kundenkreis.crm.people.places import drawing, mapping
from kundenkreis.crm.people.places.regions import region_choices
from kundenkreis.engage.segments.queries import links_in, segments
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import RecordType, named
from kundenkreis.records.lists import saved_views
from kundenkreis.records.lists.state import VIEW, opened
from kundenkreis.records.numbers import whole
from kundenkreis.records.urls import in_full
from kundenkreis.records.views import saved

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest


@require_GET
def map_page(request: StaffRequest, slug: str) -> HttpResponse:
    """The map, with the same as a table of states for whoever cannot see it."""
    answer: HttpResponse = _shown(request, _kind(slug, request.viewer))
    return answer


@in_full
def _shown(request: StaffRequest, kind: RecordType) -> HttpResponse:
    viewer, asked = request.viewer, request.GET
    start, views = saved.above(request, kind, board=False, display="map")
    if start:
        return redirect(start)
    _rows, filters = mapping.located(kind, viewer, asked)
    regions, count = mapping.regions(kind, viewer, asked)
    context = {
        "title": kind.title,
        "title_icon": kind.icon,
        "filters": filters,
        "query": asked.get("q", "")[:100],
        "regions": regions,
        "count": count,
        "unplaced_url": mapping.unplaced_url(kind, asked),
        "bounds": mapping.bounds(kind, viewer, asked),
        "areas": json.dumps(drawing.areas(filters.conditions)),
        "names": json.dumps(dict(region_choices())),
        "layers": _layers(kind, viewer),
        "points": f"{kind.url('map', 'points')}{views['state'].query}",
        "layer_points": kind.url("map", "points"),
        "tiles": settings.MAP_TILES,
        "tiles_credit": settings.MAP_TILES_CREDIT,
        **views,
    }
    return render(request, "people/map.html", {"kind": kind, **context})


@require_GET
def points(request: StaffRequest, slug: str) -> HttpResponse:
    """What is to be seen in a window of the map, as JSON."""
    kind, viewer = _kind(slug, request.viewer), request.viewer
    window = mapping.window_of(request.GET)
    asked = opened(kind, viewer, request.GET)
    segment = whole(request.GET.get("segment", "")) if kind.name == "person" else None
    links = links_in(viewer, segment) if segment is not None else None
    fine = "heat" in request.GET
    found = mapping.dots(kind, viewer, asked, window, fine=fine, links=links)
    return JsonResponse({"dots": found})


def _kind(slug: str, viewer: Viewer) -> RecordType:
    """The type of that slug. Raises `NotFound` when it has no map, `NotAllowed`."""
    kind = next((one for one in map(named, mapping.MAPPED) if slug == one.slug), None)
    if kind is None:
        raise NotFound
    viewer.require(kind.right("read"))
    return kind


def _layers(kind: RecordType, viewer: Viewer) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be laid over the map: saved views, and segments of people, each under its heading."""
    views = [(f"?{VIEW}={one.pk}", str(one)) for one in saved_views.views_of(kind, viewer)]
    found = [(_("Views"), views)]
    if kind.name == "person" and viewer.may("engage.segment.read"):
        known = [(f"?segment={one.pk}", str(one)) for one in segments(viewer)[:50]]
        found.append((_("Segments"), known))
    return [(label, some) for label, some in found if some]
