"""What areas promise together: a territory is all of its parts, filters are sets, maps lose nobody."""

from __future__ import annotations

import json
from functools import partial, reduce
from operator import and_, or_
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.models import Location, Person, Territory
from kundenkreis.crm.people.places import conditions as nodes
from kundenkreis.crm.people.places import mapping
from kundenkreis.crm.people.places.areas import Beginning
from kundenkreis.crm.people.places.corners import written
from kundenkreis.crm.people.places.mapping import Window
from kundenkreis.crm.people.places.tests.test_conditions import (
    CORNERS,
    LEAVES,
    QUIET,
    ROWS,
    Json,
    Rows,
    near,
    outline,
    stored,
    words,
)
from kundenkreis.crm.people.places.within import Area
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named
from kundenkreis.records.lists.listing import narrowed

pytestmark = [pytest.mark.django_db(databases=CRM), pytest.mark.usefixtures("places")]
BERLIN = ZoneInfo("Europe/Berlin")

CODES = st.sampled_from(["", "07", "0, 1", "10115, A-10"])
STATES = st.sampled_from(["", "Thüringen", "Berlin, Thüringen"])
AROUND = st.sampled_from([("", None), ("Jena", 30), ("Jena", 5_000)])
DRAWN = st.one_of(
    st.just(""),
    CORNERS.map(lambda some: written(tuple(some))).filter(
        lambda text: len(set(text.split("; "))) > 2
    ),
)
TERRITORIES = st.tuples(CODES, STATES, AROUND, DRAWN)
WINDOWS = st.sampled_from(
    [(5.0, 47.0, 15.0, 55.0), (-180.0, -90.0, 180.0, 90.0), (11.0, 50.0, 12.0, 51.0)]
)


def among(node: Json) -> set[int]:
    known = words()
    tree = conditions.load_node(node, known)
    rows = Person.objects.filter(conditions.to_q(tree, known, clock.now(), BERLIN))
    return set(rows.values_list("pk", flat=True))


def differs(rows: Rows, territory: tuple[str, str, tuple[str, int | None], str]) -> bool:
    """Whether a territory has others than its parts have together."""
    stored(rows)
    codes, states, (place, km), drawn = territory
    now = clock.now()
    made = Territory.objects.create(
        name="T", postal_codes=codes, states=states, centre=place, radius=km, outline=drawn,
        created_at=now, changed_at=now,
    )  # fmt: skip
    parts: list[Json] = []
    if codes:
        parts.append({"type": "in_postal_codes", "codes": codes})
    if states:
        named_states = [
            {"Thüringen": "DE-TH", "Berlin": "DE-BE"}[one] for one in states.split(", ")
        ]
        parts.append({"type": "in_states", "states": named_states})
    if place and km:
        parts.append(near(km, place))
    if drawn:
        parts.append(outline(drawn))
    whole = among({"type": "in_territories", "territories": [str(made.pk)]})
    return whole != reduce(or_, map(among, parts), set())


@given(ROWS, TERRITORIES)
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_a_territory_is_all_of_its_parts(rows: Rows, territory: Any) -> None:
    assert not differs(rows, territory)


def test_control_a_territory_that_forgets_a_part_is_noticed() -> None:
    rows: Rows = [((50.9, 11.5), "", "", True)]
    territory = ("07", "", ("", None), "50 11; 51 11; 51 12; 50 12")
    assert not differs(rows, territory)
    codes_alone = Area(codes=(Beginning("DE", "07"),))
    with mock.patch.object(nodes, "area_of", return_value=codes_alone):
        assert differs(rows, territory)


@given(ROWS, st.lists(LEAVES, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_conditions_on_places_are_sets(rows: Rows, leaves: list[Json]) -> None:
    """Any is the union, all is what they have in common, not is everybody else."""
    stored(rows)
    each = [among(leaf) for leaf in leaves]
    everybody = set(Person.objects.values_list("pk", flat=True))
    assert among({"type": "any", "children": leaves}) == reduce(or_, each)
    assert among({"type": "all", "children": leaves}) == reduce(and_, each)
    assert among({"type": "not", "child": leaves[0]}) == everybody - each[0]


def lost(rows: Rows, node: Json, box: tuple[float, float, float, float], zoom: int) -> int:
    """How many of those in the window and the filter the dots of a map leave out or count twice."""
    stored(rows)
    asked = QueryDict(mutable=True)
    asked["where"] = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    kind, (west, south, east, north) = named("person"), box
    dots = mapping.dots(kind, ANNA, asked, Window(west, south, east, north, zoom))
    inside = Location.objects.filter(
        is_main=True,
        latitude__range=(south, north),
        longitude__range=(west, east),
        person_id__in=among(node),
    )
    return inside.count() - sum(one["n"] for one in dots)


@given(ROWS, LEAVES, WINDOWS, st.integers(2, 18))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_a_map_shows_everybody_once(rows: Rows, node: Json, box: Any, zoom: int) -> None:
    assert lost(rows, node, box, zoom) == 0
    regions, count = mapping.regions(named("person"), ANNA, QueryDict())
    assert sum(one.count for one in regions) == count == Location.objects.filter(
        is_main=True, band__isnull=False
    ).count()  # fmt: skip


def test_control_a_map_that_forgets_its_filter_is_noticed() -> None:
    rows: Rows = [((50.9, 11.5), "DE-TH", "", True), ((52.5, 13.4), "DE-BE", "", True)]
    node: Json = {"type": "in_states", "states": ["DE-TH"]}
    germany = (5.0, 47.0, 15.0, 55.0)
    assert lost(rows, node, germany, 6) == 0
    everybody: Json = {"type": "in_states", "states": ["DE-TH", "DE-BE"]}
    with mock.patch.object(mapping, "narrowed", partial(_narrowed_to, everybody)):
        assert lost(rows, node, germany, 6) == -1


def _narrowed_to(node: Json, kind: Any, viewer: Any, _asked: QueryDict, url: str) -> Any:
    asked = QueryDict(mutable=True)
    asked["where"] = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    return narrowed(kind, viewer, asked, url)
