"""Conditions on where records are: around a place or customer, in states, postal codes, territories.

A record is where its main postal address is, the one that lists show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people.models import Location, Territory
from kundenkreis.crm.people.places.areas import beginnings
from kundenkreis.crm.people.places.corners import corners
from kundenkreis.crm.people.places.distance import FURTHEST
from kundenkreis.crm.people.places.regions import region_choices, region_name
from kundenkreis.crm.people.places.shapes import Circle, Outline
from kundenkreis.crm.people.places.spots import (
    Centre,
    centre,
    holder_column,
    knows_places,
    location_of,
)
from kundenkreis.crm.people.places.within import Area, area_of
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.conditions import ConditionError, Node, Vocabulary
from kundenkreis.kernel.conditions.sql import NEVER, any_of

if TYPE_CHECKING:
    from kundenkreis.kernel.conditions import Moment, Reader

USUAL = 50  # km
MOST = 200  # states or territories of one condition


@dataclass(frozen=True, slots=True)
class Near(Node):
    """At most `km` kilometres from what is called `place`."""

    km: int
    place: str
    centre: Centre


@dataclass(frozen=True, slots=True)
class Within(Node):
    """In an area; `node_type` says how it is named, `said` are the names as they are stored."""

    node_type: str
    said: tuple[str, ...]
    areas: tuple[Area, ...]
    words: str


@dataclass(frozen=True, slots=True)
class OnTheMap(Node):
    """Whether it is known where the record is."""

    known: bool


@dataclass(frozen=True)
class _Placed:
    """What all kinds of these nodes have in common; of records of a model, for a viewer."""

    model: type[Any]
    viewer: Viewer

    def next_change(self, node: Any, facts: Any, moment: Moment) -> datetime | None:
        return None

    def pending(self, node: Any, moment: Moment) -> Q:
        return NEVER

    def actual(self, node: Any, facts: Any, moment: Moment) -> str:
        where = location_of(facts)
        if where is None:
            return _("no address")
        return " ".join(part for part in (where.postal_code, region_name(where.region)) if part)

    def _rows(self, found: Q) -> Q:
        """Records whose main address is among those locations; true or false of every record."""
        name = holder_column(self.model)
        rows = Location.objects.filter(found, is_main=True, **{f"{name}__isnull": False})
        return Q(pk__in=rows.values(name))


class NearType(_Placed):
    """`NodeType` of `Near`."""

    kind, node, label = "near", Near, gettext_lazy("Near a place or customer")

    def load(self, reader: Reader) -> Near:
        km, text = reader.integer("km", 1, FURTHEST, USUAL), reader.text("place")
        found = centre(self.viewer, text)
        if found is None:
            raise ConditionError(
                reader.at("place"),
                _("It is not known where “%(place)s” is.") % {"place": text[:60]},
                _("It is no postal code or place of the table, and no customer with an address."),
                _("Enter a postal code with its place, or a customer number."),
            )
        return Near(km, text, found)

    def dump(self, node: Near) -> dict[str, Any]:
        return {"km": node.km, "place": node.place}

    def holds(self, node: Near, facts: Any, moment: Moment) -> bool:
        where = location_of(facts)
        return where is not None and self._circle(node).has(where)

    def q(self, node: Near, moment: Moment) -> Q:
        return self._rows(self._circle(node).q)

    def say(self, node: Near) -> str:
        return _("at most %(km)s km from %(place)s") % {"km": node.km, "place": node.centre.name}

    def inputs(self) -> list[dict[str, Any]]:
        km = {"kind": "integer", "min": 1, "max": FURTHEST, "default": USUAL}
        return [
            {"name": "km", "label": _("within (km)"), **km},
            {"name": "place", "kind": "text", "label": _("of place, postal code or customer")},
        ]

    def _circle(self, node: Near) -> Circle:
        middle = node.centre
        return Circle(middle.latitude, middle.longitude, middle.vector, node.km)


class _WithinType(_Placed):
    """What the kinds of `Within` have in common."""

    kind, node = "", Within
    key = ""

    def dump(self, node: Within) -> dict[str, Any]:
        return {self.key: list(node.said)}

    def holds(self, node: Within, facts: Any, moment: Moment) -> bool:
        where = location_of(facts)
        return where is not None and any(area.has(where) for area in node.areas)

    def q(self, node: Within, moment: Moment) -> Q:
        return self._rows(any_of([area.q for area in node.areas]))

    def say(self, node: Within) -> str:
        return node.words


class StatesType(_WithinType):
    """In one of some states."""

    kind, label, key = "in_states", gettext_lazy("In states"), "states"

    def load(self, reader: Reader) -> Within:
        known = {code for code, _name in region_choices()}
        said = _chosen(reader, self.key, known)
        words = ", ".join(region_name(code) for code in said)
        return Within(self.kind, said, (Area(states=said),), words)

    def inputs(self) -> list[dict[str, Any]]:
        choices = [{"value": code, "label": name} for code, name in region_choices()]
        return [{"name": self.key, "kind": "choices", "label": "", "choices": choices}]


class CodesType(_WithinType):
    """With a postal code that begins in one of some ways."""

    kind, label, key = "in_postal_codes", gettext_lazy("Postal codes"), "codes"

    def load(self, reader: Reader) -> Within:
        text = reader.text(self.key)
        try:
            codes = tuple(beginnings(text))
        except ValidationError as error:
            raise ConditionError(reader.at(self.key), " ".join(error.messages)) from error
        if not codes:
            raise ConditionError(reader.at(self.key), _("Enter a value."))
        words = _("postal codes %(codes)s") % {"codes": text}
        return Within(self.kind, (text,), (Area(codes=codes),), words)

    def dump(self, node: Within) -> dict[str, Any]:
        return {self.key: node.said[0]}

    def inputs(self) -> list[dict[str, Any]]:
        label = _("beginning with, e.g. 07, 98–99, A-10")
        return [{"name": self.key, "kind": "text", "label": label}]


class OutlineType(_WithinType):
    """In an area that somebody drew on the map, as its corners."""

    kind, label, key = "in_outline", gettext_lazy("In a drawn area"), "corners"

    def load(self, reader: Reader) -> Within:
        text = reader.raw(self.key)
        try:
            some = corners(text) if isinstance(text, str) else ()
        except ValidationError as error:
            raise ConditionError(reader.at(self.key), " ".join(error.messages)) from error
        if not some or not isinstance(text, str):
            raise ConditionError(
                reader.at(self.key), _("Draw the area on the map, or enter its corners.")
            )
        words = _("in an area with %(count)s corners") % {"count": len(some)}
        return Within(self.kind, (text,), (Area(outline=Outline(some)),), words)

    def dump(self, node: Within) -> dict[str, Any]:
        return {self.key: node.said[0]}

    def inputs(self) -> list[dict[str, Any]]:
        label = _("corners, e.g. 50.93 11.59; 50.98 11.33; 51.05 11.61")
        return [{"name": self.key, "kind": "text", "label": label}]


class TerritoryType(_WithinType):
    """In one of some territories, as they are now."""

    kind, label, key = "in_territories", gettext_lazy("In territories"), "territories"

    def load(self, reader: Reader) -> Within:
        known = {str(one.pk): one for one in self._territories()}
        said = _chosen(reader, self.key, known)
        some = tuple(area_of(known[pk]) for pk in said)
        words = ", ".join(str(known[pk]) for pk in said)
        return Within(self.kind, said, some, words)

    def inputs(self) -> list[dict[str, Any]]:
        choices = [{"value": str(one.pk), "label": str(one)} for one in self._territories()]
        return [{"name": self.key, "kind": "choices", "label": "", "choices": choices}]

    def _territories(self) -> list[Territory]:
        rows = visible(self.viewer, Territory.objects.all(), "crm.territory.read")
        return list(rows.order_by("name", "pk")[:MOST])


class KnownType(_Placed):
    """`NodeType` of `OnTheMap`."""

    kind, node, label = "on_the_map", OnTheMap, gettext_lazy("Place on the map")

    def load(self, reader: Reader) -> OnTheMap:
        return OnTheMap(reader.one_of("known", ("yes", "no"), "yes") == "yes")

    def dump(self, node: OnTheMap) -> dict[str, Any]:
        return {"known": "yes" if node.known else "no"}

    def holds(self, node: OnTheMap, facts: Any, moment: Moment) -> bool:
        where = location_of(facts)
        return (where is not None and where.latitude is not None) is node.known

    def q(self, node: OnTheMap, moment: Moment) -> Q:
        found = self._rows(Q(latitude__isnull=False))
        return found if node.known else ~found

    def say(self, node: OnTheMap) -> str:
        return _("on the map") if node.known else _("not on the map")

    def inputs(self) -> list[dict[str, Any]]:
        choices = [
            {"value": "yes", "label": _("is known")},
            {"value": "no", "label": _("is not known")},
        ]
        return [{"name": "known", "kind": "choice", "label": "", "choices": choices}]


def vocabulary_of(model: type[Any]) -> Any:
    """What lists of a type may be narrowed by, for `extend`."""

    def words(viewer: Viewer) -> Vocabulary | None:
        if not knows_places(viewer, model):
            return None
        kinds: list[Any] = [NearType, StatesType, CodesType, OutlineType, KnownType]
        if viewer.may("crm.territory.read"):
            kinds.insert(4, TerritoryType)
        return Vocabulary("places", node_types=tuple(kind(model, viewer) for kind in kinds))

    return words


def _chosen(reader: Reader, name: str, known: Iterable[str]) -> tuple[str, ...]:
    raw = reader.raw(name)
    chosen = isinstance(raw, list) and 0 < len(raw) <= MOST
    if not chosen or not all(isinstance(one, str) and one in known for one in raw):
        raise ConditionError(reader.at(name), _("Choose from the list."))
    return tuple(dict.fromkeys(raw))
