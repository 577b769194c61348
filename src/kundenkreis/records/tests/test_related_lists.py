"""Pages show lists of the records that name theirs, from the relations alone."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.custom import defining
from kundenkreis.records.custom.arranging import arrange_page
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.page import relatedlists
from kundenkreis.records.page.relatedlists import RelatedList, related_lists

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, FIRM = named("person"), named("organisation")
OWNERS = MappingProxyType({"crm.organisation.read": Level.OWN})


def firm(name: str, **values: Any) -> Organisation:
    return people.create_organisation(actor=SYSTEM, name=name, **values)


@pytest.fixture
def mother() -> Organisation:
    return firm("Kern Holding")


def lists(record: Any, viewer: Viewer = ANNA) -> dict[str, RelatedList]:
    return {one.name: one for one in related_lists(FIRM, viewer, record)}


def names(record: Any, viewer: Viewer = ANNA) -> list[str]:
    found = lists(record, viewer).get("subsidiaries")
    return [line.name for line in found.lines] if found else []


def test_it_shows_the_first_the_number_and_the_way_to_all_and_to_a_new_one(
    mother: Organisation,
) -> None:
    for letter in "GFEDCBA":
        firm(letter, parent=mother, industry="Optik", country="Schweiz")
    firm("Z")

    found = lists(mother)["subsidiaries"]
    listed = listing(FIRM, ANNA, QueryDict(found.all_url.partition("?")[2]), "/")

    assert (found.title, found.counted) == ("Subsidiaries", "7")
    assert [line.name for line in found.lines] == list("ABCDE")
    assert found.lines[0].below == ["Optik", "Schweiz"]
    assert listed.count == 7
    assert found.new_url == f"/crm/organisations/new/?parent={mother.pk}"


def test_nobody_is_told_more_than_they_may_read(mother: Organisation) -> None:
    firm("Own", parent=mother, owner_id=2, industry="Optik")
    firm("Foreign", parent=mother, owner_id=3)
    ben = Viewer("ben", user_id=2, grants=OWNERS)

    assert names(mother, ben) == ["Own"]
    assert lists(mother, ben)["subsidiaries"].counted == "1"
    assert lists(mother, ben)["subsidiaries"].new_url == ""
    assert names(mother, Viewer("nobody", user_id=4)) == []
    assert names(mother, _blind("parent")) == []
    (line, _other) = lists(mother, _blind("industry"))["subsidiaries"].lines
    assert "Optik" not in str(line.below)
    assert names(mother) == ["Foreign", "Own"]  # control


def _blind(name: str) -> Viewer:
    return replace(ANNA, hidden={"crm.organisation": frozenset({name})})


def test_who_is_joined_by_other_rows_is_a_list_unless_the_relation_is_hidden(
    mother: Organisation,
) -> None:
    made = people.create_person(actor=SYSTEM, last_name="Jana", organisation=mother)
    people.create_person(actor=SYSTEM, last_name="Wendt")
    (way,) = (way for way in relatedlists._relations(FIRM) if way.other is PERSON)

    assert list(way.rows(ANNA, mother.pk)) == [made]
    assert relatedlists._seen(way, FIRM, ANNA)
    blind = replace(ANNA, hidden={"crm.person": frozenset({"organisation"})})
    assert not relatedlists._seen(way, FIRM, blind)
    assert way.name not in lists(mother)  # the panel of the contacts shows them


def test_fields_of_the_companys_own_lead_back_where_an_index_finds_them(
    mother: Organisation,
) -> None:
    def define(label: str, *, filterable: bool) -> str:
        return defining.create_field(
            actor=ANNA, kind=PERSON, type="relation", label={"en": label},
            options={"target": "organisation"}, filterable=filterable,
        ).name  # fmt: skip

    found, slow = define("Supplier", filterable=True), define("Former employer", filterable=False)
    write.create(PERSON, ANNA, {"last_name": "Kern", found: mother, slow: mother})

    shown = lists(mother)[f"person.{found}"]
    assert (shown.title, [line.name for line in shown.lines]) == ("Persons: Supplier", ["Kern"])
    assert f"person.{slow}" not in lists(mother)


def test_a_longer_list_asks_no_more_questions(mother: Organisation) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            related_lists(FIRM, ANNA, mother)
        return len(queries)

    firm("A", parent=mother, owner_id=2)
    few = asked()
    for n in range(12):
        firm(f"B{n}", parent=mother, owner_id=n)
    assert asked() == few


def test_of_very_many_it_shows_the_newest_and_counts_no_further(
    mother: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relatedlists, "COUNTED", 3)
    for letter in "ABCDEF":
        firm(letter, parent=mother)

    assert lists(mother)["subsidiaries"].counted == "> 3"
    assert names(mother) == list("FEDCB")


def test_the_layout_says_which_lists_there_are_and_in_which_order(mother: Organisation) -> None:
    write.create(FIRM, ANNA, {"name": "A", "parent": mother})
    own = defining.create_field(
        actor=ANNA, kind=PERSON, type="relation", label={"en": "Supplier"},
        options={"target": "organisation"}, filterable=True,
    )  # fmt: skip
    supplier = f"person.{own.name}"

    def shown() -> list[str]:
        return [name for name in lists(mother) if name in ("subsidiaries", supplier)]

    assert shown() == ["subsidiaries", supplier]

    def arrange(order: list[str], hidden: list[str]) -> None:
        arrange_page(actor=ANNA, kind=FIRM, role="", sections=[], hidden=hidden, lists=order)

    arrange([supplier, "subsidiaries", "gone"], [])
    assert shown() == [supplier, "subsidiaries"]
    arrange([supplier], ["list:subsidiaries"])
    assert shown() == [supplier]


def test_who_is_joined_by_other_rows_has_a_list_of_all(mother: Organisation) -> None:
    for letter in "ABCDEFG":
        people.create_person(actor=SYSTEM, last_name=letter, organisation=mother)
    people.create_person(actor=SYSTEM, last_name="Z", organisation=firm("Kern Holding"))
    (way,) = (way for way in relatedlists._relations(FIRM) if way.other is PERSON)

    made = relatedlists._made(way, ANNA, mother)
    listed = listing(PERSON, ANNA, QueryDict(made.all_url.partition("?")[2]), "/")

    assert (made.counted, len(made.lines), listed.count) == ("7", 5, 7)
    assert [chip.label for chip in listed.filters.chips] == ["Organisations: Kern Holding"]
    listed.filters.require_all()
