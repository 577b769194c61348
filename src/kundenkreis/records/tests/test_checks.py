from __future__ import annotations

from dataclasses import replace

import pytest

from kundenkreis.records import Column, Panel, Section, extend, named
from kundenkreis.records.checks import check_declarations, problems
from kundenkreis.records.explain import explain
from kundenkreis.records.registry import ADDED, TYPES


def test_it_finds_nothing_wrong_with_what_we_ship() -> None:
    assert check_declarations() == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"columns": (Column("industri"),)}, "columns"),
        ({"sections": (Section("Facts", ("industri",)),)}, "section"),
        ({"search": ("industri",)}, "search"),
        ({"filters": ("industri",)}, "filters"),
        ({"form": ("industri",)}, "form"),
    ],
)
def test_it_finds_a_misspelled_field_and_suggests_the_right_one(
    change: dict[str, object], place: str
) -> None:
    broken = replace(named("organisation"), order="id", **change)  # type: ignore[arg-type]
    found = [problem for problem in problems(broken) if place in problem.msg]
    assert len(found) == 1
    assert "“organisation”" in found[0].msg
    assert found[0].hint is not None
    assert "industry" in found[0].hint


def test_it_finds_a_query_that_loads_what_not_everybody_may_read() -> None:
    kind = named("order")
    broken = replace(kind, query=lambda viewer: kind.rows(viewer).select_related("person"))
    found = list(problems(broken))
    assert [problem.id for problem in found] == ["records.E007"]
    assert "“person”" in found[0].msg


def test_it_finds_a_sort_order_without_a_column() -> None:
    broken = replace(named("organisation"), order="-nam")
    assert [problem.id for problem in problems(broken)] == ["records.E002"]


def test_it_finds_a_panel_without_a_template() -> None:
    panel = Panel("x", "people/no_such_panel.html", lambda viewer, record: {})
    broken = replace(named("organisation"), panels=(panel,))
    assert [problem.id for problem in problems(broken)] == ["records.E006"]


def test_it_finds_additions_to_a_type_that_does_not_exist() -> None:
    extend("persn")
    try:
        assert [problem.id for problem in check_declarations()] == ["records.E005"]
    finally:
        del ADDED["persn"]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_it_explains_every_type(name: str) -> None:
    text = explain(name)
    kind = named(name)
    assert f"/{kind.side}/{kind.slug}/" in text
    assert kind.right("read") in text


def test_it_explains_where_everything_is() -> None:
    text = explain("opportunities")
    assert "crm/sales/commands.py:" in text
    assert "move_opportunity" in text
    assert "OpportunityMoved" in text
    with pytest.raises(LookupError, match="opportunity"):
        explain("oportunity")
