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
from kundenkreis.crm.people.places.within import area_of
from kundenkreis.engage.segments.queries import links_in, segments
from kundenkreis.records import RecordType, named
from kundenkreis.records.lists import saved_views
from kundenkreis.records.lists.state import VIEW, opened
from kundenkreis.records.numbers import whole
from kundenkreis.records.urls import in_full
from kundenkreis.records.views import saved
from kundenkreis.web.crm.places import areas

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest


MOST = 200  # territories that can be laid over a map


@require_GET
def map_page(request: StaffRequest, slug: str) -> HttpResponse:
    """The map, with the same as a table of states for whoever cannot see it."""
    answer: HttpResponse = _shown(request, mapping.mapped(slug, request.viewer))
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
        "drawing": areas.pen(request, filters.conditions),
        "layers": _layers(kind, viewer),
        "layer": f"?territory={asked.get('territory', '')}",
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
    if (territory := whole(request.GET.get("territory", ""))) is not None:
        area = area_of(named("territory").one(request.viewer, territory))
        return JsonResponse({"dots": [], "areas": [drawing.drawn(area)]})
    kind, viewer = mapping.mapped(slug, request.viewer), request.viewer
    window = mapping.window_of(request.GET)
    asked = opened(kind, viewer, request.GET)
    segment = whole(request.GET.get("segment", "")) if kind.name == "person" else None
    links = links_in(viewer, segment) if segment is not None else None
    fine = "heat" in request.GET
    found = mapping.dots(kind, viewer, asked, window, fine=fine, links=links)
    return JsonResponse({"dots": found})


def _layers(kind: RecordType, viewer: Viewer) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be laid over the map: saved views, and segments of people, each under its heading."""
    views = [(f"?{VIEW}={one.pk}", str(one)) for one in saved_views.views_of(kind, viewer)]
    territory = named("territory")
    rows = (
        territory.rows(viewer).order_by("name", "pk")[:MOST]
        if territory.may(viewer, "read")
        else []
    )
    found = [
        (territory.title, [(f"?territory={one.pk}", str(one)) for one in rows]),
        (_("Views"), views),
    ]
    if kind.name == "person" and viewer.may("engage.segment.read"):
        known = [(f"?segment={one.pk}", str(one)) for one in segments(viewer)[:50]]
        found.append((_("Segments"), known))
    return [(label, some) for label, some in found if some]
