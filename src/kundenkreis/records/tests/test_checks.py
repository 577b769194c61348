from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from kundenkreis.kernel.models import document_number
from kundenkreis.records import Column, Panel, Section, extend, named
from kundenkreis.records.checks import check_declarations, mixed_up, problems
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


def broken_panel(**changes: object) -> dict[str, object]:
    panel = Panel("x", "people/timeline_panel.html", lambda viewer, record: {})
    return {"panels": (replace(panel, **changes),)}  # type: ignore[arg-type]


def no_id(*, actor: object, organisation: int) -> None:
    """A command whose parameter is called wrongly."""


@pytest.mark.parametrize(
    ("change", "number", "words"),
    [
        ({"columns": (Column("name", sort=("parent__nam",)),)}, 1, "did you mean “name”?"),
        ({"search": ("contact_details__valu",)}, 1, "did you mean “value”?"),
        ({"always": ("customer_numbr",)}, 1, "did you mean “customer_number”?"),
        ({"columns": (Column("name", cell=str), Column("x", cell=str)), "order": "x"}, 2, "sort"),
        ({"subtitle": "website_name"}, 3, "not its name"),
        ({"columns": (Column("name", cell="str"),)}, 3, "not its name"),
        ({"slug": "My firms"}, 8, "small letters"),
        ({"actions": frozenset({"chang"})}, 9, "did you mean “change”?"),
        (broken_panel(place="center"), 10, "did you mean “centre”?"),
        ({"columns": (Column("name"), Column("name"))}, 11, "another name"),
        ({"filters": ("custom",)}, 15, "JSON"),
        ({"change": no_id}, 16, "organisation_id=…"),
        ({"remove": no_id}, 16, "organisation_id=…"),
    ],
)
def test_it_explains_every_mistake(change: dict[str, object], number: int, words: str) -> None:
    broken = replace(named("organisation"), **change)  # type: ignore[arg-type]
    found = [one for one in problems(broken) if one.id == f"records.E{number:03}"]
    assert found
    assert "record type “organisation”" in found[0].msg
    assert words in (found[0].hint or "")


def test_it_finds_views_that_are_none_and_types_that_replace_nearly_everything() -> None:
    view = lambda request, kind: None  # noqa: E731
    extend("team", replace={"recrd": view, "list": view, "new": view, "filter": view})  # type: ignore[dict-item]
    try:
        found = {one.id: one for one in problems(named("team"))}
        assert "“recrd”" in found["records.E012"].msg
        assert found["records.E012"].hint == "did you mean “record”?"
        assert "written by hand" in (found["records.E013"].hint or "")
    finally:
        ADDED["team"].views.clear()


def test_two_types_that_would_share_the_numbers_of_their_search_documents_are_found() -> None:
    wanted = document_number("organisation")
    same = next(name for name in map("type{}".format, count()) if document_number(name) == wanted)
    assert mixed_up(["organisation", "person", same]) == ["organisation", same]


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
    assert "web/crm/templates/sales/stages_panel.html" in text
    assert "/crm/opportunities/<int:pk>/move/" in text
    assert "move_opportunity" in text
    assert "OpportunityMoved" in text
    segment = explain("segment")
    assert "/engage/segments/<int:pk>/why/<int:profile_id>/" in segment
    assert "web/engage/segments.py" in segment
    assert "look_up" not in segment
    assert "exactly: kundenkreis/engage/profiles/finding.py" in explain("profile")
    with pytest.raises(LookupError, match="opportunity"):
        explain("oportunity")
