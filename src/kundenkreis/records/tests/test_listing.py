from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import translation

from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.lists import counting
from kundenkreis.records.lists.listing import Listing, listing

pytestmark = pytest.mark.django_db(databases=CRM)

KIND = named("organisation")


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def make(name: str, **values: Any) -> Any:
    return write.create(KIND, ANNA, {"name": name, **values})


def listed(query: str = "", viewer: Any = ANNA) -> Listing:
    return listing(KIND, viewer, QueryDict(query), KIND.url())


def names(found: Listing) -> list[str]:
    return [str(KIND.model._default_manager.get(pk=row.split("/")[3])) for row in found.rows]


def test_it_sorts_by_a_column_and_back() -> None:
    make("B", employees=3), make("A", employees=9), make("C")
    assert names(listed()) == ["A", "B", "C"]
    assert names(listed("sort=employees")) == ["B", "A", "C"]
    assert names(listed("sort=-employees")) == ["A", "B", "C"]
    head = next(head for head in listed("sort=employees").heads if head.label == "Employees")
    assert (head.sorted, head.sort_url) == ("ascending", "/crm/organisations/?sort=-employees")


@pytest.mark.parametrize("few", [0, 1, 2, 3, 1_000])
def test_it_lists_the_same_whether_few_rows_match_or_many(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FEW", few)
    monkeypatch.setattr(counting, "VERY_MANY", few)
    make("Berg A", industry="Optik"), make("Berg B", industry="Optik"), make("Tal", industry="Bau")
    filtered = listed("industry=Optik&sort=-name")
    assert (names(filtered), str(filtered.counted)) == (["Berg B", "Berg A"], "2")
    searched = listed("q=berg")
    assert names(searched) == ["Berg A", "Berg B"]
    assert str(searched.counted) == ("2" if few >= 2 else f"> {few}")


@pytest.mark.parametrize("order", ["password", "-custom", "owner_id__x", "employees;drop"])
def test_it_ignores_an_order_it_does_not_offer(order: str) -> None:
    make("B"), make("A")
    assert names(listed(f"sort={order}")) == ["A", "B"]


def test_it_filters_by_values_of_one_field_and_says_so() -> None:
    make("A", industry="Handel"), make("B", industry="Energie"), make("C", industry="Optik")
    found = listed("industry=Handel&industry=Optik")
    assert names(found) == ["A", "C"]
    menu = next(menu for menu in found.filters.menus if menu.name == "industry")
    assert menu.chosen == "Handel, Optik"
    assert menu.clear == "/crm/organisations/"
    off = next(option for option in menu.options if option.label == "Handel")
    assert off.url == "/crm/organisations/?industry=Optik"


def test_it_takes_any_tree_of_conditions() -> None:
    make("A", employees=5), make("B", employees=50)
    where = {"v": 1, "where": {"type": "compare", "field": "employees", "op": "gt", "value": 10}}
    found = listed(urlencode({"where": json.dumps(where)}))
    assert names(found) == ["B"]
    assert "Employees" in found.filters.sentence


@pytest.mark.parametrize("where", ["{", "[]", '{"v": 1, "where": {"type": "nonsense"}}'])
def test_it_says_when_a_filter_cannot_be_understood(where: str) -> None:
    make("A")
    found = listed(urlencode({"where": where}))
    assert found.filters.problem
    assert names(found) == ["A"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("berg", ["Bergmann Optik"]), ("OPT", ["Bergmann Optik"]), ("öko", ["Ökostrom"]), ("xyz", [])],
)
def test_it_searches_by_the_beginnings_of_words(text: str, wanted: list[str]) -> None:
    make("Bergmann Optik"), make("Ökostrom")
    assert names(listed(f"q={text}")) == wanted


def test_it_lists_what_the_viewer_may_read_and_nothing_else() -> None:
    make("Unseres", team_id=1), make("Fremdes", team_id=2)
    assert names(listed(viewer=BEN)) == ["Unseres"]
    assert listed(viewer=BEN).count == 1
    assert names(listed(viewer=CARLA)) == []


def test_it_adds_up_money_per_currency_and_no_years() -> None:
    make("A", revenue_minor=100_00, founded=1990), make("B", revenue_minor=50_00, currency="CHF")
    make("C", revenue_minor=1_00)
    found = listed("columns=name,revenue_minor,founded")
    assert found.totals == ["Annual revenue: €101", "Annual revenue: CHF\xa050"]
