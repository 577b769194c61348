"""The groups and the order of facts are data: for everybody, for a role, or as declared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kundenkreis.crm.people.records import ORGANISATION
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.testing import ANNA, BEN, BOTH
from kundenkreis.records.custom import defining, layout
from kundenkreis.records.custom.arranging import arrange_page, reset_page
from kundenkreis.records.declaration import name_of
from kundenkreis.records.forms import form_names
from kundenkreis.records.lists.columns import offered
from kundenkreis.records.models import FieldDefinition

pytestmark = pytest.mark.django_db(databases=BOTH)

SELLER = replace(ANNA, roles=frozenset({"sales", "zeta"}))


def field(label: str, **values: Any) -> FieldDefinition:
    return defining.create_field(
        actor=ANNA, kind=ORGANISATION, type="text", label={"en": label}, **values
    )


def arrange(*groups: tuple[str, list[str]], role: str = "", hidden: tuple[str, ...] = ()) -> None:
    sections = [{"key": key, "facts": facts, "title": {}} for key, facts in groups]
    arrange_page(actor=ANNA, kind=ORGANISATION, role=role, sections=sections, hidden=hidden)


def shown(viewer: Any = ANNA) -> dict[str, list[str]]:
    return {
        str(section.title): [name_of(fact) for fact in facts]
        for section, facts in layout.facts_for(ORGANISATION, viewer)
    }


FACTS, BUSINESS = ([name_of(fact) for fact in one.facts] for one in ORGANISATION.sections)
DECLARED = {"Facts": [*FACTS, "tags"], "Business": BUSINESS}


def test_fields_of_ones_own_stand_at_the_end_of_their_group_in_their_order() -> None:
    one, two = field("One").name, field("Two")
    defining.order_fields(actor=ANNA, kind=ORGANISATION, pks=[two.pk])

    assert shown() == DECLARED | {"Facts": [*FACTS, "tags", two.name, one]}


def test_a_page_is_arranged_into_groups_and_back() -> None:
    color = field("Colour").name
    arrange_page(
        actor=ANNA,
        kind=ORGANISATION,
        role="",
        sections=[
            {"key": "", "title": {"en": "Look"}, "facts": [color, "website"]},
            {"key": "facts", "title": {}, "facts": ["country"]},
        ],
        hidden=["founded"],
    )

    left = [name for names in DECLARED.values() for name in names]
    rest = [name for name in left if name not in ("website", "country", "founded")]
    assert shown()["Look"] == [color, "website"]
    assert sorted(shown()["Facts"]) == sorted(["country", *rest])
    assert shown()["Facts"][0] == "country"
    reset_page(actor=ANNA, kind=ORGANISATION, role="")
    assert shown() == DECLARED | {"Facts": [*FACTS, "tags", color]}


def test_a_field_that_came_after_the_layout_is_not_lost() -> None:
    arrange(("facts", ["country"]))
    late = field("Late").name

    assert shown()["Facts"][0] == "country"
    assert late in shown()["Facts"]


def test_the_first_role_in_the_alphabet_that_has_a_layout_counts() -> None:
    arrange(("facts", ["website"]))
    arrange(("facts", ["founded"]), role="zeta")
    assert shown(SELLER)["Facts"][0] == "founded"

    arrange(("facts", ["country"]), role="sales")
    assert shown(SELLER)["Facts"][0] == "country"
    assert shown(ANNA)["Facts"][0] == "website"


def test_the_form_of_a_new_record_follows_and_leaves_out_what_the_page_does() -> None:
    declared = form_names(ORGANISATION, ANNA)
    must = field("Must", required=True).name
    may = field("May").name
    assert form_names(ORGANISATION, ANNA) == [*declared, must, may]

    arrange(("facts", [may, "country", "industry"]), hidden=("founded", must))
    names = form_names(ORGANISATION, ANNA)

    beside = declared.index("email") - 1
    assert names.index("email") == names.index(declared[beside]) + 1  # it is no fact of the page
    assert names.index(may) < names.index("country") < names.index("industry")
    assert "founded" not in names
    assert must in names
    assert set(names) == {*declared, must, may} - {"founded"}


def test_what_the_page_leaves_out_is_still_a_column_that_can_be_chosen() -> None:
    arrange(("facts", ["country"]), hidden=("founded",))

    assert "founded" not in shown()["Facts"]
    assert "founded" in [column.name for column in offered(ORGANISATION, ANNA)]


def test_a_hidden_right_holds_whatever_the_layout_says() -> None:
    arrange(("facts", ["founded"]))
    blind = replace(ANNA, hidden={"crm.organisation": frozenset({"founded"})})

    assert "founded" not in shown(blind)["Facts"]


def test_only_administrators_arrange_pages() -> None:
    with pytest.raises(NotAllowed):
        arrange_page(actor=BEN, kind=ORGANISATION, role="", sections=[], hidden=[])
    with pytest.raises(NotAllowed):
        reset_page(actor=BEN, kind=ORGANISATION, role="")


def test_nothing_that_is_unknown_or_named_twice_gets_into_a_layout() -> None:
    arrange(("facts", ["country", "password", "country"]), ("more", ["country", "custom"]))

    kept = layout.chosen_for(ORGANISATION, ANNA)
    assert kept is not None
    assert [one["facts"] for one in kept.sections] == [["country"]]
