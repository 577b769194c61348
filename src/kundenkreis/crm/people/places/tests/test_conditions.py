"""Conditions on places: what they mean, and that memory and database agree."""

from __future__ import annotations

import json
from math import asin, cos, radians, sin, sqrt
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.http import QueryDict
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import ContactDetail, Location, Person
from kundenkreis.crm.people.places import distance
from kundenkreis.crm.people.places.areas import (
    Beginning,
    beginnings,
    validate_postal_codes,
    validate_states,
)
from kundenkreis.crm.people.places.corners import Corner, corners, written
from kundenkreis.crm.people.places.shapes import Circle, Outline
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.conditions import ConditionError, Vocabulary
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.lists.vocabulary import vocabulary
from kundenkreis.records.write import create

pytestmark = [pytest.mark.django_db(databases=CRM), pytest.mark.usefixtures("places")]
BERLIN = ZoneInfo("Europe/Berlin")
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
Json = dict[str, Any]


@pytest.fixture
def people(places: None) -> dict[str, Person]:
    towns = {"07743": "Jena", "99423": "Weimar", "10115": "Berlin", "01067": "Dresden"}
    return {
        town: create_person(actor=ANNA, last_name=town, postal_code=code, town=town)
        for code, town in towns.items()
    } | {"nowhere": create_person(actor=ANNA, last_name="nowhere")}


def found(node: Json, kind: str = "person") -> set[str]:
    where = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    asked = QueryDict(mutable=True)
    asked["where"] = where
    rows, filters = narrowed(named(kind), ANNA, asked, "")
    assert filters.problem == "", filters.problem
    tree = conditions.load_node(node, filters.vocabulary)
    in_memory = {
        str(one)
        for one in named(kind).rows(ANNA)
        if conditions.matches(tree, filters.vocabulary, one, clock.now(), BERLIN)
    }
    assert in_memory == {str(one) for one in rows}
    assert conditions.dump_node(tree, filters.vocabulary) == node
    return in_memory


def near(km: int, place: str) -> Json:
    return {"type": "near", "km": km, "place": place}


def outline(corners: str) -> Json:
    return {"type": "in_outline", "corners": corners}


@pytest.mark.usefixtures("people")
def test_it_finds_who_is_near_a_place() -> None:
    assert found(near(15, "Jena")) == {"Jena"}
    assert found(near(25, "07743 Jena")) == {"Jena", "Weimar"}
    assert found(near(250, "07743")) == {"Jena", "Weimar", "Berlin", "Dresden"}
    assert found({"type": "not", "child": near(25, "Jena")}) == {"Berlin", "Dresden", "nowhere"}


def test_it_finds_who_is_near_a_customer(people: dict[str, Person]) -> None:
    assert found(near(25, f"person:{people['Weimar'].pk}")) == {"Jena", "Weimar"}
    firm = create_organisation(
        actor=ANNA, name="Zeiss", customer_number="K-7", postal_code="07745", town="Jena"
    )
    for said in ("K-7", "zeiss", f"organisation:{firm.pk}"):
        assert found(near(5, said)) == {"Jena"}


@pytest.mark.usefixtures("people")
def test_it_finds_areas() -> None:
    assert found({"type": "in_states", "states": ["DE-TH", "DE-BE"]}) == {
        "Jena",
        "Weimar",
        "Berlin",
    }
    assert found({"type": "in_postal_codes", "codes": "07, 99"}) == {"Jena", "Weimar"}
    assert found({"type": "in_postal_codes", "codes": "00–09"}) == {"Jena", "Dresden"}
    assert found({"type": "on_the_map", "known": "no"}) == {"nowhere"}
    assert found(outline("50.8 11.2; 50.8 11.9; 51.1 11.4")) == {"Jena", "Weimar"}
    kind = named("territory")
    east = create(kind, ANNA, {"name": "East", "states": "Sachsen", "centre": "Jena", "radius": 10})
    node = {"type": "in_territories", "territories": [str(east.pk)]}
    assert found(node) == {"Jena", "Dresden"}
    drawn = create(kind, ANNA, {"name": "Drawn", "outline": "52 13\n53 13\n53 14\n52 14"})
    node = {"type": "in_territories", "territories": [str(east.pk), str(drawn.pk)]}
    assert found(node) == {"Jena", "Dresden", "Berlin"}


@pytest.mark.parametrize(
    ("node", "place"),
    [
        (near(5, "Atlantis"), "place"),
        (near(0, "Jena"), "km"),
        ({"type": "in_outline", "corners": "50 11; 51 12"}, "corners"),
        ({"type": "in_outline", "corners": "50 11; 51 12; Jena"}, "corners"),
        ({"type": "in_outline", "corners": "50 11; 51 12; 97 11"}, "corners"),
        ({"type": "in_outline", "corners": ""}, "corners"),
        ({"type": "in_outline", "corners": ["50 11"]}, "corners"),
        (near(5, "person:99999"), "place"),
        ({"type": "in_states", "states": ["DE-XX"]}, "states"),
        ({"type": "in_states", "states": []}, "states"),
        ({"type": "in_postal_codes", "codes": "Jena"}, "codes"),
        ({"type": "in_territories", "territories": ["7"]}, "territories"),
        ({"type": "on_the_map", "known": "perhaps"}, "known"),
        ({**near(5, "Jena"), "latitude": 1}, "latitude"),
    ],
)
def test_it_says_what_is_wrong_where(node: Json, place: str) -> None:
    with pytest.raises(ConditionError) as error:
        conditions.load_node(node, words())
    assert error.value.field == f"where.{place}"


def words() -> Vocabulary:
    return vocabulary(named("person"), ANNA)


POINTS = st.one_of(
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.tuples(st.floats(50, 51), st.floats(11, 12)),
    st.sampled_from(
        [(50.9326, 11.5868), (50.9803, 11.3290), (90.0, 0.0), (0.0, 180.0), (0.0, -180.0)]
    ),
)
# Whole degrees and halves, so that places lie on corners and sides as well.
GRID = st.tuples(
    st.integers(100, 102).map(lambda n: n / 2), st.integers(22, 24).map(lambda n: n / 2)
)
CORNERS = st.lists(st.one_of(GRID, POINTS), min_size=3, max_size=7, unique=True)
WHERE = st.one_of(st.none(), POINTS, GRID)
ROWS = st.lists(
    st.tuples(WHERE, st.sampled_from(["DE-TH", "DE-BE", ""]), st.sampled_from(["07743", "10115", ""]), st.booleans()),
    min_size=1,
    max_size=8,
)  # fmt: skip
LEAVES = st.one_of(
    CORNERS.map(lambda some: tuple((round(a, 4), round(b, 4)) for a, b in some)).filter(lambda some: len(set(some)) > 2).map(lambda some: outline(written(some))),
    st.builds(near, st.one_of(st.integers(1, 60), st.integers(1, 20_000)), st.sampled_from(["Jena", "8001"])),
    st.just({"type": "in_states", "states": ["DE-TH"]}),
    st.sampled_from([{"type": "in_postal_codes", "codes": one} for one in ("07", "0, 1", "9", "10115")]),
    st.sampled_from([{"type": "on_the_map", "known": one} for one in ("yes", "no")]),
)  # fmt: skip
NODES = st.recursive(
    LEAVES,
    lambda some: st.one_of(
        st.builds(lambda child: {"type": "not", "child": child}, some),
        st.builds(lambda a, b: {"type": "any", "children": [a, b]}, some, some),
        st.builds(lambda a, b: {"type": "all", "children": [a, b]}, some, some),
    ),
    max_leaves=5,
)
Rows = list[tuple[tuple[float, float] | None, str, str, bool]]


def stored(rows: Rows) -> None:
    Person.objects.all().delete()
    now = clock.now()
    people = Person.objects.bulk_create(
        [Person(last_name=str(n), created_at=now, changed_at=now) for n in range(len(rows))]
    )
    details = ContactDetail.objects.bulk_create(
        [
            ContactDetail(person=one, kind="postal", value="x", created_at=now, changed_at=now)
            for one in people
        ]
    )
    made = []
    for detail, (where, region, code, main) in zip(details, rows, strict=True):
        one = Location(
            detail=detail, person_id=detail.person_id, region=region, postal_code=code,
            country="DE", is_main=main,
        )  # fmt: skip
        if where is not None:
            one.latitude, one.longitude = where
            one.band = distance.band(where[0])
            one.x, one.y, one.z = distance.vector(*where)
        made.append(one)
    Location.objects.bulk_create(made)


def disagrees(rows: Rows, node: Json) -> bool:
    stored(rows)
    known = words()
    tree = conditions.load_node(node, known)
    in_sql = set(Person.objects.filter(conditions.to_q(tree, known, clock.now(), BERLIN)))
    everybody = Person.objects.all()
    return in_sql != {
        one for one in everybody if conditions.matches(tree, known, one, clock.now(), BERLIN)
    }


@given(ROWS, NODES)
@settings(max_examples=100, suppress_health_check=QUIET)
def test_memory_and_database_agree(rows: Rows, node: Json) -> None:
    assert not disagrees(rows, node)


EDGE: Rows = [((50.9326, 11.5868 + 0.6), "", "", True)]  # 42 km from Jena, due east


def flat(latitude: float, longitude: float, km: int) -> distance.Box:
    wide = km / 111
    return distance.Box(latitude - wide, latitude + wide, longitude - wide, longitude + wide)


def test_the_comparison_would_notice_a_box_that_is_too_small() -> None:
    """The control: a degree of longitude is no 111 km up here."""
    assert not disagrees(EDGE, near(50, "Jena"))
    with mock.patch("kundenkreis.crm.people.places.shapes.box", flat):
        assert disagrees(EDGE, near(50, "Jena"))


def test_the_comparison_would_notice_another_distance_in_memory() -> None:
    def has(circle: Circle, one: Location) -> bool:
        return abs((one.longitude or 0) - circle.longitude) * 111 <= circle.km

    with mock.patch.object(Circle, "has", has):
        assert disagrees(EDGE, near(50, "Jena"))


SQUARE = outline("50 11; 51 11; 51 12; 50 12")
ON_A_SIDE: Rows = [((50.0, 11.5), "", "", True), ((51.0, 11.5), "", "", True)]


def test_the_comparison_would_notice_a_side_that_is_taken_for_inside() -> None:
    def has(self: Outline, one: Location) -> bool:
        around = self.box
        up, along = one.latitude or 0, one.longitude or 0
        return around.south <= up <= around.north and around.west <= along <= around.east

    assert not disagrees(ON_A_SIDE, SQUARE)
    with mock.patch.object(Outline, "has", has):
        assert disagrees(ON_A_SIDE, SQUARE)


@given(st.tuples(GRID, GRID, GRID), POINTS)
def test_inside_of_a_triangle_is_on_the_same_side_of_all_its_sides(
    triangle: tuple[Corner, Corner, Corner], point: Corner
) -> None:
    """An oracle of its own: the signs of three areas; what is nearly on a side may be either."""
    turns = []
    for (a, b), (c, d) in zip(triangle, [*triangle[1:], triangle[0]], strict=True):
        turns.append((c - a) * (point[1] - b) - (d - b) * (point[0] - a))
    assume(all(abs(turn) > 1e-9 for turn in turns))
    inside = all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)
    here = Location(latitude=point[0], longitude=point[1])
    assert Outline(triangle).has(here) is inside


def test_an_outline_reads_the_index_of_latitude() -> None:
    if connections["default"].vendor != "sqlite":
        pytest.skip("PostgreSQL decides by the table's size")
    tree = conditions.load_node(SQUARE, words())
    plan = Person.objects.filter(conditions.to_q(tree, words(), clock.now())).explain()
    assert "USING COVERING INDEX location_person (band=? AND longitude>? AND longitude<?)" in plan


@pytest.mark.parametrize(
    "text",
    ["50.93 11.59; 50.98, 11.33\n51,05 11,61", "50.93,11.59;50.98,11.33;51.05,11.61;50.93,11.59"],
)
def test_corners_are_read_as_people_write_them(text: str) -> None:
    assert corners(text) == ((50.93, 11.59), (50.98, 11.33), (51.05, 11.61))
    assert corners(written(corners(text))) == corners(text)


def test_an_area_has_at_most_a_hundred_corners() -> None:
    around = [(50 + n / 100, 11 + n * n / 1000) for n in range(101)]
    assert len(corners(written(tuple(around[:100])))) == 100
    with pytest.raises(ValidationError, match="100"):
        corners(written(tuple(around)))


@given(POINTS, POINTS)
def test_distances_are_those_of_the_haversine_formula(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    (a, b), (c, d) = ((radians(x), radians(y)) for x, y in (one, other))
    h = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    usual = 2 * distance.RADIUS * asin(min(sqrt(h), 1.0))
    assert distance.kilometres(distance.vector(*one), distance.vector(*other)) == pytest.approx(
        usual, rel=1e-5, abs=1e-3
    )


def test_a_known_distance() -> None:
    jena, berlin = distance.vector(50.9326, 11.5868), distance.vector(52.5323, 13.3846)
    assert distance.kilometres(jena, berlin) == pytest.approx(217, abs=2)


def test_the_database_reads_the_index_alone_on_sqlite() -> None:
    if connections["default"].vendor != "sqlite":
        pytest.skip("PostgreSQL decides by the table's size")
    tree = conditions.load_node(near(50, "Jena"), words())
    plan = Person.objects.filter(conditions.to_q(tree, words(), clock.now())).explain()
    assert "USING COVERING INDEX location_person (band=? AND longitude>? AND longitude<?)" in plan


@pytest.mark.parametrize("text", ["Jena", "9-1", "9–12", "X-1", "123456"])
def test_it_refuses_what_is_no_beginning_of_a_postal_code(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_postal_codes(text)


def test_it_refuses_a_state_that_there_is_not() -> None:
    validate_states("Thüringen, bavaria; DE-SN, Wien")
    with pytest.raises(ValidationError, match="Atlantis"):
        validate_states("Sachsen, Atlantis")


def test_an_area_of_other_countries_and_of_all_codes_to_the_last() -> None:
    assert beginnings("98–99, A-10") == [
        Beginning("DE", "98"),
        Beginning("DE", "99"),
        Beginning("AT", "10"),
    ]
