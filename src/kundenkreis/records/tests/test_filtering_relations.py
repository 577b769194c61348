"""Lists filtered by what related records are like, within the rights to these, and by time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.conditions import describe, dump, load, matches, to_q
from kundenkreis.kernel.testing import ANNA, BEN, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.lists.vocabulary import vocabulary

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, FIRM, SALE = named("person"), named("organisation"), named("opportunity")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WORKS = "related.affiliations__organisation"


def compare(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"type": "compare", "field": field, "op": op, "value": value}


def where(*children: dict[str, Any]) -> dict[str, Any]:
    return {"v": 1, "where": {"type": "all", "children": list(children)}}


def found(kind: Any, *children: dict[str, Any], viewer: Viewer = ANNA) -> list[str]:
    parameters = QueryDict(urlencode({"where": json.dumps(where(*children))}))
    rows, filters = narrowed(kind, viewer, parameters, "")
    assert not filters.problem, str(filters.problem)
    return sorted(str(row) for row in rows)


@pytest.fixture
def firms() -> dict[str, Organisation]:
    """Bergmann (our team's) with Jana and Kern, Solar (another team's) with Tann, nobody with Wendt."""
    made = {
        "Bergmann": people.create_organisation(
            actor=SYSTEM, name="Bergmann", industry="Optik", team_id=1
        ),
        "Solar": people.create_organisation(
            actor=SYSTEM, name="Solar", industry="Energie", team_id=2
        ),
    }
    for name, firm in (("Jana", "Bergmann"), ("Kern", "Bergmann"), ("Tann", "Solar")):
        people.create_person(actor=SYSTEM, last_name=name, organisation=made[firm], team_id=1)
    people.create_person(actor=SYSTEM, last_name="Wendt", team_id=1)
    return made


def of_industry(industry: str) -> dict[str, Any]:
    return {"type": WORKS, "where": compare("industry", "is", industry)}


def test_persons_are_found_by_the_industry_of_where_they_work(firms: Any) -> None:
    assert found(PERSON, of_industry("Optik")) == ["Jana", "Kern"]
    assert found(PERSON, {"type": "not", "child": of_industry("Optik")}) == ["Tann", "Wendt"]


def test_firms_are_found_by_what_is_for_sale_with_them(firms: Any) -> None:
    sales.ship_pipeline(actor=SYSTEM)
    for firm, value in (("Bergmann", 900_00), ("Solar", 20_00)):
        sales.create_opportunity(
            actor=SYSTEM, title=firm, organisation=firms[firm], value_minor=value
        )
    large = compare("value_minor", "gt", {"minor": 100_00, "currency": "EUR"})
    assert found(FIRM, {"type": "related.opportunities", "where": large}) == ["Bergmann"]
    firm = {"type": "related.organisation", "where": compare("industry", "is", "Energie")}
    assert found(SALE, firm) == ["Solar"]


def test_nobody_is_found_by_a_related_record_that_may_not_be_read(firms: Any) -> None:
    assert found(PERSON, of_industry("Energie"), viewer=ANNA) == ["Tann"]
    assert found(PERSON, of_industry("Energie"), viewer=BEN) == []  # not his team's firm
    assert found(PERSON, of_industry("Optik"), viewer=BEN) == ["Jana", "Kern"]


@pytest.mark.parametrize(
    "viewer",
    [
        replace(ANNA, hidden=MappingProxyType({"crm.organisation": frozenset({"industry"})})),
        replace(ANNA, hidden=MappingProxyType({"crm.person": frozenset({"organisation"})})),
        replace(ANNA, grants=MappingProxyType({"crm.person.read": Level.ALL})),
    ],
)
def test_what_is_hidden_cannot_be_asked_for_through_a_relation_either(
    firms: Any, viewer: Viewer
) -> None:
    parameters = QueryDict(urlencode({"where": json.dumps(where(of_industry("Optik")))}))
    rows, filters = narrowed(PERSON, viewer, parameters, "")
    assert filters.problem
    assert rows.count() == 4


def test_relations_end_after_one_step() -> None:
    offered = {one["type"]: one for one in describe(vocabulary(PERSON, ANNA))["nodes"]}
    assert WORKS in offered
    nested = offered[WORKS]["inputs"][0]["vocabulary"]["nodes"]
    inputs = [one for node in [offered[WORKS], *nested] for one in node["inputs"]]
    assert [one for one in inputs if "vocabulary" in one] == offered[WORKS]["inputs"]


def test_both_evaluators_and_the_stored_form_agree(firms: Any) -> None:
    words = vocabulary(PERSON, ANNA)
    definition = where({"type": "not", "child": of_industry("Energie")}, of_industry("Optik"))
    tree = load(definition, words)
    assert dump(tree, words) == definition
    in_sql = set(PERSON.rows(ANNA).filter(to_q(tree, words, NOW)))
    in_memory = {one for one in Person.objects.all() if matches(tree, words, one, NOW)}
    assert in_sql == in_memory
    assert {str(one) for one in in_sql} == {"Jana", "Kern"}


def test_lists_are_filtered_by_days_that_move_with_today() -> None:
    for name, days in (("today", 0), ("Monday", 3), ("Sunday", 9), ("later", 10), ("past", -31)):
        day = date(2026, 11, 27) + timedelta(days=days)
        write.create(PERSON, ANNA, {"last_name": name, "next_step": "x", "next_step_on": day})
    with freeze(NOW):  # a Friday
        assert found(PERSON, compare("next_step_on", "during", "next_week")) == ["Monday", "Sunday"]
        last = compare("next_step_on", "within_last", {"n": 30, "unit": "calendar_days"})
        assert "past" not in found(PERSON, last)
        assert "today" in found(PERSON, last)
        ahead = compare("next_step_on", "within_next", {"n": 3, "unit": "calendar_days"})
        assert found(PERSON, ahead) == ["today"]


def test_each_condition_is_a_chip_that_can_be_taken_away(firms: Any) -> None:
    parts = (compare("industry", "is", "Optik"), compare("name", "contains", "Berg"))
    parameters = QueryDict(urlencode({"where": json.dumps(where(*parts)), "country": "DE"}))
    _rows, filters = narrowed(FIRM, ANNA, parameters, "/x/")
    assert len(filters.chips) == 2
    query = QueryDict(filters.chips[0].remove_url.partition("?")[2])
    assert json.loads(query["where"]) == where(parts[1])
    assert query["country"] == "DE"


def test_a_condition_that_cannot_be_understood_does_not_take_the_others_along(firms: Any) -> None:
    parts = (compare("industry", "is", "Optik"), compare("nonsense", "is", "x"))
    parameters = QueryDict(urlencode({"where": json.dumps(where(*parts))}))
    rows, filters = narrowed(FIRM, ANNA, parameters, "/x/")
    assert "nonsense" in str(filters.problem)
    assert [str(row) for row in rows] == ["Bergmann"]
