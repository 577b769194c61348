"""Which columns a list shows, in what order and how wide, is said by its address."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.exchange.exporting import csv_file, export
from kundenkreis.records.lists.columns import NARROWEST, WIDEST, columns_of, offered, written
from kundenkreis.records.lists.filters import read
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.lists.vocabulary import vocabulary

pytestmark = pytest.mark.django_db(databases=CRM)

KIND = named("organisation")
DECLARED = [column.name for column in KIND.columns if not column.extra]
# Anna, but what a firm earns and where it is found are not her business.
ELSE = replace(
    ANNA,
    hidden=MappingProxyType({"crm.organisation": frozenset({"revenue_minor", "customer_number"})}),
)


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def shown(query: str = "", viewer: Viewer = ANNA) -> list[str]:
    return [column.name for column in columns_of(KIND, viewer, QueryDict(query))]


def heads(query: str, viewer: Viewer = ANNA) -> list[str]:
    found = listing(KIND, viewer, QueryDict(query), KIND.url())
    return [head.label for head in found.heads]


def exported(query: str, viewer: Viewer = ANNA) -> list[list[str]]:
    """The cells of a file, but for the record's number before and its version behind them."""
    text = "".join(csv_file(export(KIND, viewer, QueryDict(query), "csv")))
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    return [row[1:-1] for row in rows]


def test_a_list_has_the_declared_columns_until_others_are_chosen() -> None:
    assert shown() == DECLARED
    assert shown("columns=name,website,employees") == ["name", "website", "employees"]


def test_the_column_that_names_the_record_is_always_there_and_first() -> None:
    assert shown("columns=employees,name") == ["name", "employees"]
    assert shown("columns=employees") == ["name", "employees"]


def test_a_form_says_the_columns_one_by_one() -> None:
    assert shown("columns=name&columns=employees:90&columns=website") == [
        "name",
        "employees",
        "website",
    ]


@pytest.mark.parametrize(
    "columns",
    ["password", "version", "custom", "employees__x", ",,:", ":90", "owner_id__name", "\0"],
)
def test_what_is_no_column_is_left_out(columns: str) -> None:
    assert shown(f"columns={columns}") == DECLARED
    assert shown(f"columns=website,{columns},website") == ["name", "website"]


def test_every_fact_of_its_pages_may_be_a_column() -> None:
    facts = {fact if isinstance(fact, str) else fact.name for fact in KIND.sections[0].facts}
    assert facts <= {column.name for column in offered(KIND, ANNA)}
    assert "Website" in heads("columns=name,website")


@pytest.mark.parametrize(
    ("width", "wanted"),
    [("180", 180), ("1", NARROWEST), ("9999", WIDEST), ("-5", 0), ("x", 0), ("9" * 19, 0)],
)
def test_a_width_stays_within_what_can_be_read(width: str, wanted: int) -> None:
    columns = columns_of(KIND, ANNA, QueryDict(f"columns=name,website:{width}"))
    assert columns[1].width == wanted
    assert written(columns) == (f"name,website:{wanted}" if wanted else "name,website")


def test_a_width_reaches_the_head_and_its_cells() -> None:
    write.create(KIND, ANNA, {"name": "A", "website": "https://a.example"})
    found = listing(KIND, ANNA, QueryDict("columns=name,website:180"), KIND.url())
    assert [head.width for head in found.heads] == [0, 180]
    assert '<td class="keep sized"><a href="https://a.example"' in found.rows[0]


def test_a_phone_shows_the_first_of_the_chosen_columns() -> None:
    chosen = columns_of(KIND, ANNA, QueryDict("columns=name,website,employees,parent"))
    assert [column.name for column in chosen if column.keep] == ["website", "employees"]


def test_a_file_has_exactly_the_columns_of_the_list() -> None:
    write.create(KIND, ANNA, {"name": "A", "website": "https://a.example", "employees": 7})
    query = "columns=name,employees,website:300"
    assert exported(query) == [heads(query), ["A", "7", "https://a.example"]]
    assert exported("columns=name") == [["Name"], ["A"]]


def test_a_hidden_field_is_no_column_no_order_no_filter_and_in_no_file() -> None:
    for name, revenue in (("A", 5), ("B", 900)):
        write.create(KIND, ANNA, {"name": name, "revenue_minor": revenue})
    query = "columns=name,revenue_minor,customer_number&sort=-revenue_minor"
    assert "Annual revenue" in heads(query)
    found = listing(KIND, ELSE, QueryDict(query), KIND.url())
    assert [head.label for head in found.heads] == ["Name"]
    assert [row.split("<a ")[1].split(">")[1][0] for row in found.rows] == ["A", "B"]
    assert "revenue" not in " ".join(map(str, exported(query, ELSE)[0])).lower()
    assert "revenue_minor" not in {field.name for field in vocabulary(KIND, ELSE).fields}


def test_a_hidden_field_is_no_filter_of_the_address_either() -> None:
    hidden: Any = MappingProxyType({"crm.organisation": frozenset({"industry"})})
    viewer = replace(ANNA, hidden=hidden)
    write.create(KIND, ANNA, {"name": "A", "industry": "Optik"})
    found = read(KIND, viewer, QueryDict("industry=Bau"), KIND.url())
    assert found.chosen == {}
    assert "industry" not in {menu.name for menu in found.menus}


def test_a_list_is_sorted_by_any_field_it_may_show() -> None:
    for name, founded in (("A", 1990), ("B", 1950), ("C", 2001)):
        write.create(KIND, ANNA, {"name": name, "founded": founded})
    found = listing(KIND, ANNA, QueryDict("columns=name,founded&sort=founded"), KIND.url())
    assert [row.split("<a ")[1].split(">")[1][0] for row in found.rows] == ["B", "A", "C"]
    assert found.heads[1].sort_url == "/crm/organisations/?columns=name,founded&sort=-founded"
