"""What a map shows of a list: records in one place, or near each other, as one dot with a number.

The database counts them by cells of a grid as fine as the map is near, so that a hundred thousand
customers are a few hundred dots.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import (
    Avg,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    Min,
    QuerySet,
    Value,
)
from django.http import QueryDict

from kundenkreis.crm.people.models import Location, Person
from kundenkreis.crm.people.places.corners import Corner, written
from kundenkreis.crm.people.places.regions import region_name
from kundenkreis.crm.people.places.spots import holder_column, knows_places
from kundenkreis.kernel.access import Viewer, reads_all
from kundenkreis.kernel.conditions.tree import SCHEMA
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import named
from kundenkreis.records.lists.listing import narrowed

if TYPE_CHECKING:
    from kundenkreis.records import RecordType
    from kundenkreis.records.lists.filters import Filters

WORLD = 256  # pixels of the whole world at zoom 0
CELL, FINE = 56, 14  # pixels of a cell: of dots with numbers, of heat
FLATTER = 0.64  # degrees of latitude of a cell to those of longitude, in the middle of Europe
ZOOMS = (2, 18)
CLOSE = 9  # from this zoom on a dot may be a single postal code
MOST = 3_000  # dots
MAPPED = ("person", "organisation")
# What an address says besides: conditions, which are put together anew, the window, what is drawn.
OF_THE_MAP = {
    "where", "box", "zoom", "heat", "layer", "after", "before", "corners", "as", "draw", "territory",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """What is to be seen of the world, in degrees, and how near."""

    west: float
    south: float
    east: float
    north: float
    zoom: int


@dataclass(frozen=True, slots=True)
class Region:
    """How many of a list are in a state, and the list of these."""

    name: str
    count: int
    url: str


class _Cell(Func):
    """The number of the cell that a coordinate lies in, as a whole number on both databases."""

    output_field = IntegerField()
    template = "CAST(FLOOR(%(expressions)s) AS integer)"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # What is cut has no sign here; FLOOR would be a call back into Python for each row.
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS integer)")


def window_of(parameters: QueryDict) -> Window:
    """The window an address asks for: `box=west,south,east,north&zoom=6`. Raises `NotFound`."""
    try:
        west, south, east, north = (float(one) for one in parameters.get("box", "").split(","))
        zoom = int(parameters.get("zoom", ""))
    except ValueError:
        raise NotFound from None
    if not (-1e4 < west < east < 1e4 and -1e3 < south < north < 1e3):
        raise NotFound
    zoom = min(max(zoom, ZOOMS[0]), ZOOMS[1])
    return Window(max(west, -180), max(south, -90), min(east, 180), min(north, 90), zoom)


def mapped(slug: str, viewer: Viewer) -> RecordType:
    """The type of that slug. Raises `NotFound` when it has no map, `NotAllowed`."""
    kind = next((one for one in map(named, MAPPED) if slug == one.slug), None)
    if kind is None:
        raise NotFound
    viewer.require(kind.right("read"))
    return kind


def located(
    kind: RecordType, viewer: Viewer, parameters: QueryDict
) -> tuple[QuerySet[Location], Filters]:
    """Where the records of a list are. Raises `NotFound` for whom must not know that."""
    if not knows_places(viewer, kind.model):
        raise NotFound
    rows, filters = narrowed(kind, viewer, parameters, kind.url("map"))
    name = holder_column(kind.model)
    found = Location.objects.filter(is_main=True, band__isnull=False, **{f"{name}__isnull": False})
    everything = reads_all(viewer, kind.model)
    if filters.active or parameters.get("q", "").strip() or not everything:
        found = found.filter(**{f"{name}__in": rows.order_by().values("pk")})
    return found, filters


def dots(
    kind: RecordType,
    viewer: Viewer,
    parameters: QueryDict,
    window: Window,
    *,
    fine: bool = False,
    links: Sequence[UUID] | None = None,
) -> list[dict[str, Any]]:
    """What is to be seen in the window: of several their number, of one its name and address.

    With `links` only of the persons who are known to marketing by these.
    """
    rows, _filters = located(kind, viewer, parameters)
    if links is not None:
        some = Person.objects.filter(link_id__among=links)
        rows = rows.filter(person_id__in=some.values("pk"))
    wide = 360 / (WORLD * 2**window.zoom) * (FINE if fine else CELL)
    high = wide * FLATTER
    west, south = floor(window.west / wide) * wide, floor(window.south / high) * high
    name = holder_column(kind.model)
    inside = rows.filter(
        longitude__gte=window.west,
        longitude__lte=window.east,
        latitude__gte=window.south,
        latitude__lte=window.north,
    )
    cells = inside.order_by().values(
        across=_cell("longitude", west, wide), up=_cell("latitude", south, high)
    )
    counted = cells.annotate(
        n=Count("*"),
        latitude__mean=Avg("latitude"),
        longitude__mean=Avg("longitude"),
        one=Min(name),
    )
    if window.zoom >= CLOSE:  # before, the index alone has all that is asked
        counted = counted.annotate(
            first=Min("postal_code"), last=Max("postal_code"),
            land=Min("country"), lands=Max("country"),
        )  # fmt: skip
    found = list(counted[:MOST])
    if fine:
        return [{"at": _at(one), "n": one["n"]} for one in found]
    single = kind.rows(viewer).in_bulk([one["one"] for one in found if one["n"] == 1])
    return [_dot(kind, one, single, parameters) for one in found]


def regions(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> tuple[list[Region], int]:
    """How many of a list are in each state, the most first; and how many are on the map at all."""
    rows, _filters = located(kind, viewer, parameters)
    counted = rows.order_by().values("region").annotate(n=Count("detail")).order_by("-n", "region")
    found = [
        Region(
            region_name(one["region"]) if one["region"] else "",
            one["n"],
            _narrowed(kind, parameters, {"type": "in_states", "states": [one["region"]]})
            if one["region"]
            else "",
        )
        for one in counted
    ]
    return found, sum(one.count for one in found)


def bounds(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> list[float] | None:
    """The smallest window with all of a list: west, south, east, north; None without any."""
    rows, _filters = located(kind, viewer, parameters)
    found = rows.order_by().aggregate(
        west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude")
    )
    return None if found["west"] is None else list(found.values())


def unplaced_url(kind: RecordType, parameters: QueryDict) -> str:
    """The list of those that are not on the map."""
    return _narrowed(kind, parameters, {"type": "on_the_map", "known": "no"})


def drawn_url(kind: RecordType, parameters: QueryDict, some: tuple[Corner, ...]) -> str:
    """The same map, narrowed to a drawn area instead of the one it may be narrowed to."""
    node = {"type": "in_outline", "corners": written(some)}
    others = [
        one for one in _conditions(parameters.get("where", "")) if one["type"] != node["type"]
    ]
    return _address(kind.url("map"), parameters, [*others, node])


def _cell(name: str, start: float, size: float) -> Func:
    away = F(name) - Value(start, output_field=FloatField())
    return _Cell(away / Value(size, output_field=FloatField()))


def _at(one: Mapping[str, Any]) -> list[float]:
    return [round(one["latitude__mean"], 5), round(one["longitude__mean"], 5)]


def _dot(
    kind: RecordType, one: Mapping[str, Any], single: Mapping[int, Any], parameters: QueryDict
) -> dict[str, Any]:
    made: dict[str, Any] = {"at": _at(one), "n": one["n"]}
    record = single.get(one["one"]) if one["n"] == 1 else None
    if record is not None:
        made |= {"name": str(record), "url": kind.url(record.pk)}
    elif one.get("first") and one["first"] == one["last"] and one["land"] == one["lands"]:
        codes = f"{one['land']}-{one['first']}"
        made["url"] = _narrowed(kind, parameters, {"type": "in_postal_codes", "codes": codes})
        made["name"] = one["first"]
    return made


def _narrowed(kind: RecordType, parameters: QueryDict, node: Mapping[str, Any]) -> str:
    """The table of the same list, narrowed further."""
    return _address(kind.url(), parameters, [*_conditions(parameters.get("where", "")), node])


def _address(page: str, parameters: QueryDict, conditions: Sequence[Mapping[str, Any]]) -> str:
    where = json.dumps({"v": SCHEMA, "where": {"type": "all", "children": conditions}})
    kept = [*kept_of(parameters), ("where", where)]
    return f"{page}?{urlencode(kept)}"


def kept_of(parameters: QueryDict) -> list[tuple[str, str]]:
    """What of an address says which list it is, but for its conditions."""
    lists = ((name, values) for name, values in parameters.lists() if name not in OF_THE_MAP)
    return [(name, value) for name, values in lists for value in values]


def _conditions(text: str) -> Iterator[Any]:
    """The conditions of an address that has been understood before."""
    try:
        where = json.loads(text)["where"]
    except (ValueError, KeyError, TypeError):
        return
    yield from where["children"] if where.get("type") == "all" else [where]
