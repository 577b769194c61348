"""What pages show of places: who is near a customer, and who is in a territory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, FloatField, Value

from kundenkreis.crm.people.models import Location, Organisation, Person, Territory
from kundenkreis.crm.people.places.distance import kilometres, vector
from kundenkreis.crm.people.places.regions import region_name
from kundenkreis.crm.people.places.shapes import Circle
from kundenkreis.crm.people.places.spots import holder_column, knows_places, location_of
from kundenkreis.crm.people.places.within import area_of
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.conditions.tree import SCHEMA
from kundenkreis.records import RecordType, named

NEAREST = 5
WIDTHS = (1, 5, 25)  # km, the first that has enough
TYPES: tuple[type[Any], ...] = (Organisation, Person)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody near, and how far away."""

    record: Any
    url: str
    km: float


@dataclass(frozen=True, slots=True)
class Way:
    """A list of a type that is narrowed to a place."""

    kind: RecordType
    where: str
    count: int | None = None

    @property
    def list_url(self) -> str:
        return f"{self.kind.url()}?{urlencode({'where': self.where})}"

    @property
    def map_url(self) -> str:
        return f"{self.kind.url('map')}?{urlencode({'where': self.where})}"


def asked(node: Mapping[str, Any]) -> str:
    """A condition as the address of a list says it."""
    return json.dumps({"v": SCHEMA, "where": {"type": "all", "children": [node]}})


def near_panel(viewer: Viewer, record: Any) -> Mapping[str, Any] | None:
    """Those nearest to a customer, of the same type; and the lists of all around."""
    model = type(record)
    where = location_of(record) if knows_places(viewer, model) else None
    if where is None:
        return None
    if where.latitude is None or where.longitude is None:
        return {"unknown": True}
    kind = named(str(model._meta.model_name))
    place = {"type": "near", "km": 25, "place": f"{kind.name}:{record.pk}"}
    return {
        "neighbours": list(_neighbours(viewer, kind, record, where)),
        "ways": [Way(one, asked(place)) for one in _readable(viewer)],
        "place": f"{where.postal_code} {region_name(where.region)}".strip(),
    }


def territory_panel(viewer: Viewer, territory: Territory) -> Mapping[str, Any]:
    """The customers in a territory, as far as the viewer may know where they are."""
    area = area_of(territory)
    node = {"type": "in_territories", "territories": [str(territory.pk)]}
    ways = []
    for kind in _readable(viewer):
        name = holder_column(kind.model)
        inside = Location.objects.filter(area.q, is_main=True, **{f"{name}__isnull": False})
        count = kind.rows(viewer).filter(pk__in=inside.values(name)).order_by().count()
        ways.append(Way(kind, asked(node), count))
    return {
        "ways": ways,
        "empty": not area,
        "map_url": f"{ways[0].kind.url('map')}?territory={territory.pk}" if ways else "",
        "may_draw": named("territory").may(viewer, "change"),
    }


def _readable(viewer: Viewer) -> Iterator[RecordType]:
    for model in TYPES:
        kind = named(str(model._meta.model_name))
        if kind.may(viewer, "read") and knows_places(viewer, model):
            yield kind


def _neighbours(
    viewer: Viewer, kind: RecordType, record: Any, where: Location
) -> Iterator[Neighbour]:
    assert where.latitude is not None and where.longitude is not None  # noqa: S101, PT018
    here = vector(where.latitude, where.longitude)
    name = holder_column(kind.model)
    x, y, z = (
        F(axis) - Value(value, output_field=FloatField())
        for axis, value in zip("xyz", here, strict=True)
    )
    rows = Location.objects.filter(is_main=True, **{f"{name}__isnull": False})
    rows = rows.exclude(**{name: record.pk}).filter(
        **{f"{name}__in": kind.rows(viewer).order_by().values("pk")}
    )
    found: list[Location] = []
    for km in WIDTHS:
        circle = Circle(where.latitude, where.longitude, here, km)
        found = list(rows.filter(circle.q).order_by(x * x + y * y + z * z, name)[:NEAREST])
        if len(found) >= NEAREST:
            break
    known = kind.rows(viewer).in_bulk([getattr(one, name) for one in found])
    for one in found:
        other = known.get(getattr(one, name))
        if other is not None and one.x is not None and one.y is not None and one.z is not None:
            away = kilometres(here, (one.x, one.y, one.z))
            yield Neighbour(other, kind.url(other.pk), away)
