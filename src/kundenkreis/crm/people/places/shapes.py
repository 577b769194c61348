"""Circles and outlines: the same question of a row in memory and of all in the database.

Both evaluators do the same arithmetic in the same order, so that they agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Q, Value
from django.db.models.lookups import LessThanOrEqual

from kundenkreis.crm.people.models import Location
from kundenkreis.crm.people.places.corners import Corner
from kundenkreis.crm.people.places.distance import Box, Vector, box, chord, squared
from kundenkreis.kernel.conditions.sql import holds

FEW = 100  # strips of latitude that are looked up one by one: 550 km


@dataclass(frozen=True, slots=True)
class Circle:
    """All that is at most so many kilometres from a point."""

    latitude: float
    longitude: float
    vector: Vector
    km: int

    def has(self, one: Location) -> bool:
        if one.x is None or one.y is None or one.z is None:
            return False
        return squared((one.x, one.y, one.z), self.vector) <= chord(self.km)

    @property
    def q(self) -> Q:
        """The box around it, which an index answers, and of what is in that the exact distance."""
        x, y, z = (
            F(name) - Value(value, output_field=FloatField())
            for name, value in zip("xyz", self.vector, strict=True)
        )
        near = LessThanOrEqual(x * x + y * y + z * z, Value(chord(self.km)))
        return _within(box(self.latitude, self.longitude, self.km)) & Q(near)


@dataclass(frozen=True, slots=True)
class Side:
    """A side of an outline, seen from the south: from degree to degree of latitude, which degree of
    longitude it begins at, and how many it goes on with each of latitude."""

    south: float
    north: float
    start: float
    slope: float


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a closed line goes round. Straight on a plain of degrees, not across the 180th.

    Inside is from where one crosses an odd number of sides going east; a line that crosses itself
    leaves out what it goes round twice.
    """

    corners: tuple[Corner, ...]

    def has(self, one: Location) -> bool:
        if one.latitude is None or one.longitude is None:
            return False
        up, along, around = one.latitude, one.longitude, self.box
        if not (around.south <= up <= around.north and around.west <= along <= around.east):
            return False
        crossed = sum(
            side.south <= up < side.north and along < side.start + (up - side.south) * side.slope
            for side in self.sides
        )
        return crossed % 2 == 1

    @property
    def q(self) -> Q:
        """The box around it, which an index answers, and of what is in that the sides crossed."""
        return _within(self.box) & holds(_Inside(tuple(self.sides)))

    @property
    def box(self) -> Box:
        ups, alongs = zip(*self.corners, strict=True)
        return Box(min(ups), max(ups), min(alongs), max(alongs))

    @property
    def sides(self) -> Iterator[Side]:
        for one, other in pairwise([*self.corners, self.corners[0]]):
            (south, start), (north, end) = sorted((one, other))
            if south != north:
                yield Side(south, north, start, (end - start) / (north - south))


class _Inside(Func):
    """Whether an odd number of sides is crossed going east; as text, because a tree of expressions
    for each side costs more than the question."""

    output_field = BooleanField()
    template = (
        "CASE WHEN {up} >= %s AND {up} < %s AND {along} < %s + ({up} - %s) * %s THEN 1 ELSE 0 END"
    )

    def __init__(self, sides: tuple[Side, ...]) -> None:
        super().__init__(F("latitude"), F("longitude"))
        self.sides = sides

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_more: Any) -> Any:
        (up, _none), (along, _nothing) = map(compiler.compile, self.source_expressions)
        one = self.template.format(up=up, along=along)
        values = [
            value
            for side in self.sides
            for value in (side.south, side.north, side.start, side.south, side.slope)
        ]
        crossed = " + ".join([one] * len(self.sides)) or "0"
        return f"(({crossed}) %% 2 = 1)", values


def _within(around: Box) -> Q:
    bands = around.bands
    few = Q(band__in=list(bands)) if len(bands) <= FEW else Q(band__isnull=False)
    return few & Q(
        latitude__gte=around.south,
        latitude__lte=around.north,
        longitude__gte=around.west,
        longitude__lte=around.east,
    )
