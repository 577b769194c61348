"""Lists in groups: every row once, below its head; and what all and each of them add up to."""

from __future__ import annotations

import html
import json
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kundenkreis.kernel.testing import ANNA, BEN, CRM
from kundenkreis.records import named, write
from kundenkreis.records.custom import defining
from kundenkreis.records.exchange.exporting import export
from kundenkreis.records.lists import counting, groups, listing
from kundenkreis.records.lists.figures import Figures
from kundenkreis.records.lists.listing import Listing
from kundenkreis.records.lists.walking import walk

pytestmark = pytest.mark.django_db(databases=CRM)

KIND = named("organisation")


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def make(name: str, **values: Any) -> Any:
    return write.create(KIND, ANNA, {"name": name, **values})


def listed(query: str = "", viewer: Any = ANNA) -> Listing:
    return listing.listing(KIND, viewer, QueryDict(query), KIND.url())


def shown(found: Listing) -> list[str]:
    """The page as its reader sees it: groups with their counts, and names of records."""
    texts = []
    for row in found.rows:
        if "group-row" in row:
            label = re.findall(r"<span>(.*?)</span>", row)[0]
            count = re.findall(r'-count">(.*?)</span>', row)[0]
            texts.append(f"{label}: {count}")
        else:
            texts.append(str(KIND.model._default_manager.get(pk=row.split("/")[3])))
    return texts


def some() -> None:
    make("D", industry="Optik", employees=7, revenue_minor=100_00)
    make("A", industry="Bau", employees=3, revenue_minor=5_00)
    make("C", industry="Optik", employees=1)
    make("B")


def test_it_puts_rows_below_the_heads_of_their_groups() -> None:
    some()
    wanted = ["Bau: 1", "A", "Optik: 2", "C", "D", "Without: Industry: 1", "B"]
    assert shown(listed("group=industry")) == wanted
    assert shown(listed("group=industry&sort=-name"))[3:5] == ["D", "C"]


def test_a_head_leads_to_exactly_its_group_and_folds_it() -> None:
    some()
    found = listed("group=industry")
    for row, wanted in (
        (found.rows[2], ["Optik: 2", "C", "D"]),
        (found.rows[-2], ["Without: Industry: 1", "B"]),
    ):
        only = html.unescape(row.split('class="only" href="')[1].split('"')[0])
        assert shown(listed(urlsplit(only).query)) == wanted
    folded = listed("group=industry&fold=Optik&fold=")
    assert shown(folded) == ["Bau: 1", "A", "Optik: 2", "Without: Industry: 1"]
    heads = ["Bau: 1", "Optik: 2", "Without: Industry: 1"]
    assert shown(listed("group=industry&fold=*all")) == heads


def test_it_adds_up_each_group_and_the_whole() -> None:
    some()
    found = listed("group=industry&columns=name,employees,revenue_minor")
    sums = [re.findall(r'class="sum">(.*?)<', row) for row in found.rows if "group-row" in row]
    assert sums == [["3", "€5.00"], ["8", "€100.00"], []]
    assert re.findall(r'class="sum[ meta]*">(.*?)<', found.foot) == ["11", "Ø 3.67", "€105.00"]
    assert not listed("columns=name,industry").foot


def test_fields_of_the_companys_own_make_groups_and_are_added_up() -> None:
    create = partial(defining.create_field, actor=ANNA, kind=KIND, filterable=True)
    size = create(type="number", label={"en": "Size"}, options={"places": 1})
    double = {"formula": "2 * [Size]", "places": 0}
    twice = create(type="formula", label={"en": "Twice"}, options=double)
    since = create(type="datetime", label={"en": "Since"})
    colour = {"choices": [{"label": {"en": "Red"}}, {"label": {"en": "Amber"}}]}
    shade = create(type="choice", label={"en": "Shade"}, options=colour)
    moment = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # which is November in Berlin
    make("A", **{size.name: "1.5", since.name: moment, shade.name: "amber"})
    make("B", **{size.name: "2", shade.name: "red"})
    found = listed(f"group={shade.name}&columns=name,{size.name},{twice.name}")
    assert shown(found) == ["Red: 1", "B", "Amber: 1", "A"]
    assert re.findall(r'class="sum[ meta]*">(.*?)<', found.foot) == ["3.5", "Ø 1.75", "7", "Ø 3.5"]
    make("C", **{since.name: datetime(2026, 10, 31, 12, tzinfo=UTC)})
    months = ["November 2026: 1", "A", "October 2026: 1", "C", "Without: Since: 1", "B"]
    assert shown(listed(f"group={since.name}:month")) == months


def test_it_groups_dates_by_calendar_and_in_order() -> None:
    make("A", next_step="x", next_step_on=date(2026, 10, 31))
    make("B", next_step="x", next_step_on=date(2026, 11, 1))
    make("C", next_step="x", next_step_on=date(2025, 12, 31))
    assert shown(listed("group=next_step_on:month"))[::2] == [
        "December 2025: 1", "October 2026: 1", "November 2026: 1",
    ]  # fmt: skip
    quarters = ["Q4 2025: 1", "C", "Q4 2026: 2", "A", "B"]
    assert shown(listed("group=next_step_on:quarter")) == quarters
    assert shown(listed("group=next_step_on:year&sort=-next_step_on"))[0] == "2026: 2"
    assert shown(listed("group=next_step_on:week")) == ["A", "B", "C"]


def test_a_row_stands_in_the_group_of_each_of_its_tags_and_in_a_file_once() -> None:
    make("A", tags=["VIP", "Messe"]), make("B", tags=["vip"]), make("C")
    wanted = ["Messe: 1", "A", "VIP: 2", "A", "B", "Without: Tags: 1", "C"]
    assert shown(listed("group=tags")) == wanted
    out = export(KIND, ANNA, QueryDict("group=tags"), "csv")
    assert [str(KIND.model._default_manager.get(pk=pk)) for pk in out.pks] == ["A", "B", "C"]


@pytest.mark.parametrize("counted_to", [1_000, 0])
@pytest.mark.parametrize("query", ["group=industry&sort=-employees", "group=tags"])
def test_every_row_is_on_one_page_forwards_and_backwards(
    query: str, counted_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 4)
    monkeypatch.setattr(counting, "COUNTED", counted_to)
    chance = random.Random(3)
    for number in range(15):
        make(
            f"F{number:02}", industry=chance.choice(["", "Bau", "Optik"]),
            employees=chance.choice([None, 1, 2]), tags=chance.choice([[], ["a"], ["a", "b"]]),
        )  # fmt: skip
    monkeypatch.setattr(listing, "PAGE_SIZE", 100)
    whole = [row for row in shown(listed(query)) if ":" not in row]
    monkeypatch.setattr(listing, "PAGE_SIZE", 4)
    pages = [listed(query)]
    while pages[-1].next_url:
        pages.append(listed(urlsplit(pages[-1].next_url).query))
        assert len(pages) < 20
    assert [row for page in pages for row in shown(page) if ":" not in row] == whole
    assert len(pages) == -(-len(whole) // 4)
    for earlier, later in pairwise(pages):
        assert shown(listed(urlsplit(later.previous_url).query)) == shown(earlier)
    assert not pages[0].previous_url


def test_a_field_that_is_hidden_is_one_that_does_not_exist() -> None:
    some()
    blind = replace(ANNA, hidden=MappingProxyType({"crm.organisation": frozenset({"industry"})}))
    hidden, unknown = listed("group=industry", blind), listed("group=nonsense", blind)
    assert shown(hidden) == shown(unknown) == ["A", "B", "C", "D"]
    assert [str(row) for row in hidden.rows] == [str(row) for row in unknown.rows]
    assert exact("columns=name,industry", blind).fields == []
    labels = [one.label for one in listed("", blind).group_menu.options]
    assert "Industry" not in labels
    assert "Tags" in labels


def test_groups_and_sums_are_those_of_what_the_viewer_may_read() -> None:
    make("A", team_id=1, industry="Bau", employees=3), make("B", team_id=2, industry="Optik")
    found = listed("group=industry", BEN)
    assert shown(found) == ["Bau: 1", "A"]
    assert exact("group=industry", BEN).counted.number == 1


@pytest.mark.parametrize("counted_to", [1_000, 0])
def test_one_walks_from_record_to_record_as_the_list_has_them(
    counted_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "COUNTED", counted_to)
    some()
    wanted, query = ["A", "C", "D", "B"], QueryDict(urlencode({"in": "group=industry"}))
    records = [KIND.model._default_manager.get(name=name) for name in wanted]
    ways = [walk(KIND, ANNA, record, query) for record in records]
    after = [way.next_url.split("/")[3] for way in ways if way and way.next_url]
    before = [way.previous_url.split("/")[3] for way in ways if way and way.previous_url]
    pks = [str(record.pk) for record in records]
    assert (after, before) == (pks[1:], pks[:-1])


def test_who_walks_adds_nothing_up() -> None:
    some()
    record = KIND.model._default_manager.get(name="C")
    asked = QueryDict(urlencode({"in": "group=industry&columns=name,employees"}))
    with CaptureQueriesContext(connection) as queries:
        assert walk(KIND, ANNA, record, asked)
    assert not [one for one in queries if "SUM(" in one["sql"]]


def test_too_many_values_are_no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST", 2)
    some()
    found = listed("group=industry")
    assert (shown(found), found.figures.ungrouped) == (["A", "B", "C", "D"], "Industry")


def exact(query: str, viewer: Any = ANNA) -> Figures:
    return listing.figures(KIND, viewer, QueryDict(query), KIND.url())


def test_a_long_list_counts_and_adds_up_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED", 2)
    some()
    found = listed("group=industry&columns=name,employees")
    assert not found.counted.exact
    if connection.vendor == "sqlite":  # which has no guess, but counts a whole table quickly
        assert str(found.counted) == "about 4"
    assert shown(found) == ["Bau: ", "A", "Optik: ", "C", "D", "Without: Industry: ", "B"]
    assert "totals/?group=industry" in found.foot
    places = "".join(exact("group=industry&columns=name,employees").places())
    assert '<span id="list-count" hx-swap-oob="true">4 records</span>' in places
    for name in re.findall(r'id="(group-[^"]+)"', "".join(found.rows)):
        assert f'id="{name}" hx-swap-oob="true">' in places
    assert 'class="sum">8<' in places


def test_rows_beyond_the_latest_are_in_a_group_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED", 2)
    monkeypatch.setattr(groups, "LOOKED_AT", 2)
    some()
    found = shown(listed("group=industry"))
    assert found == ["Optik: ", "C", "D", "Without: Industry: ", "B", "All others: ", "A"]


def test_a_filter_takes_the_groups_along() -> None:
    some()
    where = {"v": 1, "where": {"type": "compare", "field": "employees", "op": "gt", "value": 2}}
    query = urlencode({"where": json.dumps(where), "group": "industry"})
    assert shown(listed(query)) == ["Bau: 1", "A", "Optik: 1", "D"]


def test_the_last_day_there_is_makes_a_group_like_any_other() -> None:
    until = defining.create_field(
        actor=ANNA, kind=KIND, label={"en": "Until"}, type="date", filterable=True
    )
    make("For ever", **{until.name: date(9999, 12, 31)})
    for step in ("month", "quarter", "year"):
        assert "For ever" in shown(listed(f"group={until.name}:{step}"))


def test_a_tag_that_is_called_like_the_mark_for_all_is_a_group_like_any_other() -> None:
    make("A", tags=["*all"]), make("B", tags=["*others", "Messe"])
    heads = ["*all: 1", "*others: 1", "Messe: 1"]
    found = listed("group=tags")
    assert [text for text in shown(found) if ":" in text] == heads
    head = next(row for row in found.rows if "*all" in row)
    fold = html.unescape(head.split('hx-get="')[1].split('"')[0])
    folded = shown(listed(urlsplit(fold).query))
    assert folded == ["*all: 1", "*others: 1", "B", "Messe: 1", "B"]
    assert shown(listed("group=tags&fold=*all")) == heads
