"""Where an address is: looked up in the table of places by its postal code, else by its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from kundenkreis.crm.people.models import Location, Place
from kundenkreis.crm.people.places.distance import kilometres, vector
from kundenkreis.crm.people.places.naming import alike, code, key
from kundenkreis.kernel.countries import HOME, NEAR

TOGETHER = 40  # km: places of one name that are no further apart are one place
NEIGHBOURS = 15  # km: a town may be named for a code that its district has
MOST = 400  # places of one name that are looked at

Precision = Location.Precision


@dataclass(frozen=True, slots=True)
class Address:
    """What of an address tells where it is; a country by its two letters, or unknown."""

    country: str = ""
    postal_code: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an address is; `agrees` tells whether its place has its postal code, if both are known."""

    country: str
    postal_code: str
    region: str
    latitude: float
    longitude: float
    precision: str
    name: str = ""
    agrees: bool | None = None


@dataclass(slots=True)
class Known:
    """The places that some addresses may be at."""

    by_code: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))


def locate(addresses: Sequence[Address]) -> list[Spot | None]:
    """Where each of some addresses is, None for what the table does not tell; two queries for all,
    and one for each name of which it knows only a longer one."""
    known = Known()
    codes = {code(one.postal_code, one.country) for one in addresses if one.postal_code}
    for place in Place.objects.filter(postal_code__among=codes).order_by("pk") if codes else ():
        known.by_code[place.postal_code].append(place)
    lost = {key(one.town) for one in addresses if one.town and not _of_code(one, known)}
    lost.discard("")
    _look_up(known, lost, _strange(addresses, known) - lost - {""})
    return [_spot(one, known) for one in addresses]


def locate_one(address: Address) -> Spot | None:
    """The same of a single address."""
    return locate([address])[0]


def _strange(addresses: Sequence[Address], known: Known) -> set[str]:
    """Names that the table does not have for their postal codes, such as that of a large town
    whose district has the code: only who knows where they are can tell whether that is wrong."""
    return {
        name
        for one in addresses
        if one.town and (same := _of_code(one, known)) and (name := key(one.town))
        if not any(alike(place.folded, name) for place in same)
    }


def _look_up(known: Known, names: Collection[str], exactly: Collection[str]) -> None:
    if not names and not exactly:
        return
    for place in Place.objects.filter(folded__among=[*names, *exactly]).order_by("pk"):
        known.by_name[place.folded].append(place)
    for name in sorted(set(names) - known.by_name.keys()):
        longer = Place.objects.filter(folded__gte=f"{name} ", folded__lt=f"{name}!")
        known.by_name[name] = list(longer.order_by("folded", "pk")[:MOST])


def _spot(address: Address, known: Known) -> Spot | None:
    same = _of_code(address, known)
    if same:
        return _by_code(address, same, known)
    name = key(address.town)
    return _by_name(address, known.by_name.get(name, ())) if name else None


def _of_code(address: Address, known: Known) -> list[Place]:
    """The places of its postal code in its country, or in the only one that has it with that name."""
    postal_code = code(address.postal_code, address.country)
    found = known.by_code.get(postal_code, ()) if postal_code else ()
    if address.country:
        return [place for place in found if place.country == address.country]
    countries = {place.country for place in found}
    if len(countries) > 1:
        name = key(address.town)
        countries = {one.country for one in found if name and alike(one.folded, name)}
    return [place for place in found if len(countries) == 1 and place.country in countries]


def _by_code(address: Address, places: Sequence[Place], known: Known) -> Spot:
    name = key(address.town)
    named = [place for place in places if name and alike(place.folded, name)]
    first = (named or places)[0]
    agrees = True if named else _is_near(first, name, known) if name else None
    return Spot(
        first.country, first.postal_code, _common(named or places), first.latitude,
        first.longitude, Precision.CODE, first.name, agrees,
    )  # fmt: skip


def _is_near(place: Place, name: str, known: Known) -> bool | None:
    """Whether a place of that name is near; None if there is none in the country."""
    here = vector(place.latitude, place.longitude)
    away = [
        kilometres(here, vector(one.latitude, one.longitude))
        for one in known.by_name.get(name, ())
        if one.country == place.country
    ]
    return min(away) <= NEIGHBOURS if away else None


def _by_name(address: Address, places: Iterable[Place]) -> Spot | None:
    """The place of that name: in its country, else in the company's own, else in a near one. Of
    several that lie apart nobody knows which is meant."""
    by_country: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_country[place.country].append(place)
    order = [address.country] if address.country else [HOME, *NEAR, *sorted(by_country)]
    found = next((by_country[one] for one in order if one in by_country), None)
    if not found:
        return None
    latitude = median(place.latitude for place in found)
    longitude = median(place.longitude for place in found)
    middle = vector(latitude, longitude)
    near = [kilometres(middle, vector(one.latitude, one.longitude)) <= TOGETHER for one in found]
    if not all(near):
        return None
    # A postal code that the table does not know says nothing about the place beside it.
    return Spot(
        found[0].country, code(address.postal_code, address.country), _common(found), latitude,
        longitude, Precision.PLACE, found[0].name,
    )  # fmt: skip


def _common(places: Sequence[Place]) -> str:
    counts: Mapping[str, int] = {
        one: sum(place.region == one for place in places) for one in {p.region for p in places}
    }
    return max(counts, key=lambda one: (counts[one], one))
