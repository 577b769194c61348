"""Where a record is, and where what somebody names is: a place, a postal code, a customer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kundenkreis.crm.people.models import Location, Organisation, Person
from kundenkreis.crm.people.places.distance import Vector, vector
from kundenkreis.crm.people.places.geocoding import Address, locate_one
from kundenkreis.kernel.access import Viewer, subject_of, visible
from kundenkreis.kernel.countries import HOME, country_code
from kundenkreis.kernel.record import together
from kundenkreis.records.numbers import whole

Holder = Person | Organisation
HOLDERS: dict[str, type[Any]] = {"person": Person, "organisation": Organisation}
POSTAL = "postal"  # the field of whoever has an address
_SAID = re.compile(r"(?:([A-Za-z]{1,2})\s*-\s*)?(?:(\d{4,5})\b)?\s*(.*)")


@dataclass(frozen=True, slots=True)
class Centre:
    """A named point; `name` is how it reads."""

    name: str
    latitude: float
    longitude: float

    @property
    def vector(self) -> Vector:
        return vector(self.latitude, self.longitude)


def knows_places(viewer: Viewer, model: type[Any]) -> bool:
    """Whether the viewer may know where records are: whoever may not know an address may not find
    by it either."""
    return viewer.sees(subject_of(model), POSTAL)


def holder_column(model: type[Any]) -> str:
    """The column of `Location` that names records of a model."""
    return f"{model._meta.model_name}_id"


def location_of(record: Holder) -> Location | None:
    """Where a record's main address is; read at once for all of a list."""
    if "location" not in record.__dict__:
        records = together(record, "location")
        name = holder_column(type(record))
        rows = Location.objects.filter(is_main=True, **{f"{name}__in": [one.pk for one in records]})
        found = {getattr(row, name): row for row in rows}
        for one in records:
            one.__dict__["location"] = found.get(one.pk)
    known: Location | None = record.__dict__["location"]
    return known


def centre(viewer: Viewer, text: str) -> Centre | None:
    """The point somebody means: `person:17`, a postal code, a place with or without one, or the
    number or name of a customer; None where it is not known."""
    name, _colon, number = text.partition(":")
    if name in HOLDERS and (pk := whole(number)) is not None:
        return _of_record(viewer, HOLDERS[name], pk=pk)
    return of_place(text) or _of_customer(viewer, text.strip())


def of_place(text: str) -> Centre | None:
    """The point of a place or postal code as people write it: "07743 Jena", "A-1010", "Graz"."""
    found = _SAID.fullmatch(text.strip())
    if found is None:
        return None
    country = country_code(found[1]) if found[1] else HOME if len(found[2] or "") == 5 else ""
    spot = locate_one(Address(country, found[2] or "", found[3]))
    if spot is None or not (found[2] or found[3]):
        return None
    said = f"{spot.postal_code if found[2] else ''} {spot.name}".strip()
    return Centre(said, spot.latitude, spot.longitude)


def _of_customer(viewer: Viewer, text: str) -> Centre | None:
    if not text:
        return None
    by_name = {"name__iexact": text}
    return (
        _of_record(viewer, Organisation, customer_number=text)
        or _of_record(viewer, Person, customer_number=text)
        or _of_record(viewer, Organisation, **by_name)
    )


def _of_record(viewer: Viewer, model: type[Any], **which: Any) -> Centre | None:
    """The point of a record that the viewer may read, with its address."""
    if not knows_places(viewer, model) or any(
        not viewer.sees(subject_of(model), name.partition("__")[0]) for name in which
    ):
        return None
    right = f"{subject_of(model)}.read"
    record = visible(viewer, model._default_manager.all(), right).filter(**which).first()
    where = location_of(record) if record is not None else None
    if where is None or where.latitude is None or where.longitude is None:
        return None
    return Centre(str(record), where.latitude, where.longitude)
