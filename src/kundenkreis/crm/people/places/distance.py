"""Distances on the globe without a function of the database.

A place is a point of the unit sphere. How far two points are apart through the sphere (the chord)
tells how far they are apart along it; that comparison is three differences and their squares, so
both databases and Python come to the very same answer. It is the haversine formula, rearranged.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, floor, pi, radians, sin, sqrt

RADIUS = 6371.0088  # km, the mean radius of the earth (IUGG)
FURTHEST = 20_000  # km
BANDS = 10  # of a degree of latitude
_SLACK = 1e-6  # degrees, so that no rounding cuts what lies on the edge

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees between which all of a circle lies; `west` > `east` never: then both are the world's."""

    south: float
    north: float
    west: float
    east: float

    @property
    def bands(self) -> range:
        """The strips of latitude it touches; in each an index finds the degrees of longitude."""
        return range(band(self.south), band(self.north) + 1)


def vector(latitude: float, longitude: float) -> Vector:
    """The point of the unit sphere."""
    up, along = radians(latitude), radians(longitude)
    return cos(up) * cos(along), cos(up) * sin(along), sin(up)


def band(latitude: float) -> int:
    """The number of the strip of latitude."""
    return floor(latitude * BANDS)


def chord(km: float) -> float:
    """The square of the chord that belongs to a distance."""
    return (2 * sin(min(km / RADIUS, pi) / 2)) ** 2


def squared(one: Vector, other: Vector) -> float:
    """The square of the chord between two points."""
    x, y, z = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return x * x + y * y + z * z


def kilometres(one: Vector, other: Vector) -> float:
    """How far two points are apart along the globe."""
    return 2 * RADIUS * asin(min(sqrt(squared(one, other)) / 2, 1.0))


def box(latitude: float, longitude: float, km: float) -> Box:
    """The smallest box around a circle."""
    angle = min(km / RADIUS, pi)
    south, north = latitude - degrees(angle) - _SLACK, latitude + degrees(angle) + _SLACK
    everywhere = Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    if south <= -90 or north >= 90:
        return everywhere
    wide = degrees(asin(min(sin(angle) / cos(radians(latitude)), 1.0))) + _SLACK
    west, east = longitude - wide, longitude + wide
    return everywhere if west < -180 or east > 180 else Box(south, north, west, east)
