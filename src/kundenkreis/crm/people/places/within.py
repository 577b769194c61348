"""Which locations lie in an area: the same question of a row in memory and of all in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from kundenkreis.crm.people.models import Location, Territory
from kundenkreis.crm.people.places.areas import Beginning, beginnings, states
from kundenkreis.crm.people.places.corners import corners
from kundenkreis.crm.people.places.shapes import Circle, Outline
from kundenkreis.crm.people.places.spots import of_place

NOWHERE = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Area:
    """All of these together: beginnings of postal codes, states, a circle, an outline."""

    codes: tuple[Beginning, ...] = ()
    states: tuple[str, ...] = ()
    circle: Circle | None = None
    outline: Outline | None = None

    def __bool__(self) -> bool:
        return bool(self.codes or self.states or self._shapes)

    def has(self, one: Location) -> bool:
        return (
            one.region in self.states
            or any(shape.has(one) for shape in self._shapes)
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
            found |= Q(country=code.country) & begins(code.digits)
        for shape in self._shapes:
            found |= shape.q
        return found

    @property
    def _shapes(self) -> list[Circle | Outline]:
        return [shape for shape in (self.circle, self.outline) if shape is not None]


def area_of(territory: Territory) -> Area:
    """The area of a territory; what of it is not known any more is left out."""
    middle = of_place(territory.centre) if territory.centre and territory.radius else None
    circle = None
    if middle is not None and territory.radius:
        circle = Circle(middle.latitude, middle.longitude, middle.vector, territory.radius)
    around = _known(corners, territory.outline)
    return Area(
        _known(beginnings, territory.postal_codes),
        _known(states, territory.states),
        circle,
        Outline(around) if around else None,
    )


def begins(digits: str) -> Q:
    """Codes that begin so, as a range that an index answers."""
    last = str(int(digits) + 1)
    found = Q(postal_code__gte=digits)
    return found & Q(postal_code__lt=last.zfill(len(digits))) if len(last) <= len(digits) else found


def _known(read: Callable[[str], Any], text: str) -> tuple[Any, ...]:
    try:
        return tuple(read(text))
    except ValidationError:  # written past the form
        return ()
