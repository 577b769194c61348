"""Which locations lie in an area: the same question of a row in memory and of all in the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import F, FloatField, Q, Value
from django.db.models.lookups import LessThanOrEqual

from kundenkreis.crm.people.models import Location, Territory
from kundenkreis.crm.people.places.areas import Beginning, beginnings, states
from kundenkreis.crm.people.places.distance import Vector, box, chord, squared
from kundenkreis.crm.people.places.spots import of_place

NOWHERE = Q(pk__in=[])
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
        around = box(self.latitude, self.longitude, self.km)
        x, y, z = (
            F(name) - Value(value, output_field=FloatField())
            for name, value in zip("xyz", self.vector, strict=True)
        )
        near = LessThanOrEqual(x * x + y * y + z * z, Value(chord(self.km)))
        bands = around.bands
        few = Q(band__in=list(bands)) if len(bands) <= FEW else Q(band__isnull=False)
        return (
            few
            & Q(
                latitude__gte=around.south,
                latitude__lte=around.north,
                longitude__gte=around.west,
                longitude__lte=around.east,
            )
            & Q(near)
        )


@dataclass(frozen=True, slots=True)
class Area:
    """All of these together: beginnings of postal codes, states, a circle."""

    codes: tuple[Beginning, ...] = ()
    states: tuple[str, ...] = ()
    circle: Circle | None = None

    def __bool__(self) -> bool:
        return bool(self.codes or self.states or self.circle)

    def has(self, one: Location) -> bool:
        return (
            one.region in self.states
            or (self.circle is not None and self.circle.has(one))
            or any(
                one.country == code.country and one.postal_code.startswith(code.digits)
                for code in self.codes
            )
        )

    @property
    def q(self) -> Q:
        found = NOWHERE
        if self.states:
            found |= Q(region__in=self.states)
        for code in self.codes:
            found |= Q(country=code.country) & _begins(code.digits)
        return found | self.circle.q if self.circle else found


def area_of(territory: Territory) -> Area:
    """The area of a territory; what of it is not known any more is left out."""
    middle = of_place(territory.centre) if territory.centre and territory.radius else None
    circle = None
    if middle is not None and territory.radius:
        circle = Circle(middle.latitude, middle.longitude, middle.vector, territory.radius)
    try:
        return Area(
            tuple(beginnings(territory.postal_codes)), tuple(states(territory.states)), circle
        )
    except ValidationError:  # written past the form
        return Area(circle=circle)


def _begins(digits: str) -> Q:
    """Codes that begin so, as a range that an index answers."""
    last = str(int(digits) + 1)
    found = Q(postal_code__gte=digits)
    return found & Q(postal_code__lt=last.zfill(len(digits))) if len(last) <= len(digits) else found
