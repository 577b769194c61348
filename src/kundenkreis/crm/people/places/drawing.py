"""Areas as a map draws them: states by code, circles, outlines, and the points of postal codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q

from kundenkreis.crm.people.models import Place
from kundenkreis.crm.people.places.areas import Beginning
from kundenkreis.crm.people.places.conditions import Near, OutlineType, Within
from kundenkreis.crm.people.places.within import Area, begins
from kundenkreis.kernel.conditions import Node, walk
from kundenkreis.kernel.conditions.sql import any_of

SPOTS = 4_000  # points of postal codes of one area: half of Germany
Drawn = dict[str, Any]


def areas(conditions: Sequence[Node]) -> list[Drawn]:
    """The areas that a list is narrowed to."""
    return [drawn for one in conditions for node in walk(one) for drawn in _of_node(node)]


def drawn_corners(conditions: Sequence[Node]) -> str:
    """The corners of the area that somebody drew, if a list is narrowed to one."""
    kind = OutlineType.kind
    found = (node for node in conditions if isinstance(node, Within) and node.node_type == kind)
    return next((node.said[0] for node in found), "")


def drawn(area: Area) -> Drawn:
    """`states` (codes), `circle` (latitude, longitude, km), `outline` (corners)
    and `spots` (points of postal codes)."""
    found: Drawn = {}
    if area.states:
        found["states"] = list(area.states)
    if area.circle:
        found["circle"] = [area.circle.latitude, area.circle.longitude, area.circle.km]
    if area.outline:
        found["outline"] = [list(corner) for corner in area.outline.corners]
    if area.codes:
        found["spots"] = _spots(area.codes)
    return found


def _of_node(node: Node) -> Iterator[Drawn]:
    if isinstance(node, Near):
        yield {"circle": [node.centre.latitude, node.centre.longitude, node.km]}
    elif isinstance(node, Within):
        yield from (drawn(area) for area in node.areas)


def _spots(codes: Sequence[Beginning]) -> list[list[float]]:
    some = any_of([Q(country=one.country) & begins(one.digits) for one in codes])
    rows = Place.objects.filter(some).values_list("latitude", "longitude").distinct()
    return [list(one) for one in rows.order_by("latitude", "longitude")[:SPOTS]]
