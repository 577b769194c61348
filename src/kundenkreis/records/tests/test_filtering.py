"""The builder of conditions over a list, and the fields it may speak about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from kundenkreis.crm.accounts.commands import create_shipped_roles, create_user
from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.lists.filters import read
from kundenkreis.records.lists.vocabulary import vocabulary
from kundenkreis.records.registry import TYPES

pytestmark = pytest.mark.django_db(databases=BOTH)

KIND = named("organisation")


@pytest.fixture
def page() -> Client:
    create_shipped_roles(actor=SYSTEM)
    made = create_user(
        actor=SYSTEM, email="a@kk.example", name="A", password="none", roles=["administrator"]
    )
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(User.objects.get(pk=made.pk))
    for name, employees in (("A", 5), ("B", 50), ("C", 500)):
        write.create(KIND, ANNA, {"name": name, "employees": employees})
    return client


def more_than(number: int, field: str = "employees") -> str:
    return json.dumps(
        {"v": 1, "where": {"type": "compare", "field": field, "op": "gt", "value": number}}
    )


def test_it_counts_what_a_definition_describes(page: Client) -> None:
    answer = page.get("/crm/organisations/count/", {"definition": more_than(10)})
    assert answer.json() == {"text": "2 Datensätze", "number": 2}


@pytest.mark.parametrize("definition", ["", "{", more_than(1, "nonsense"), more_than(1, "custom")])
def test_it_says_what_is_wrong_with_a_definition(page: Client, definition: str) -> None:
    answer = page.get("/crm/organisations/count/", {"definition": definition or "[]"})
    assert answer.status_code == 422
    assert answer.json()["text"]


def test_the_builder_starts_with_the_conditions_of_the_list_and_keeps_its_other_filters(
    page: Client,
) -> None:
    query = {"where": more_than(10), "industry": "Handel", "after": "x"}
    answer = page.get("/crm/organisations/filter/", query)
    assert "&quot;field&quot;: &quot;employees&quot;" in answer.text
    assert '<input type="hidden" name="industry" value="Handel">' in answer.text
    assert 'name="after"' not in answer.text


def test_an_empty_tree_is_no_filter() -> None:
    empty = json.dumps({"v": 1, "where": {"type": "all", "children": []}})
    found = read(KIND, ANNA, QueryDict(f"where={empty}"), KIND.url())
    assert (found.where, found.sentence, found.problem) == ("", "", "")


def test_the_chip_of_the_conditions_leaves_the_other_filters(page: Client) -> None:
    query = QueryDict(mutable=True)
    query.update({"where": more_than(10), "industry": "Handel"})
    found = read(KIND, ANNA, query, KIND.url())
    assert found.chips[0].remove_url == "/crm/organisations/?industry=Handel"
    assert found.clear == "/crm/organisations/"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_no_condition_can_ask_about_what_no_page_shows(name: str) -> None:
    kind: Any = TYPES[name]
    fields = {field.name for field in vocabulary(kind, ANNA).fields}
    assert not fields & {"password", "custom", "version", "link_id", "last_login"}


def test_a_secret_cannot_be_guessed_letter_by_letter(page: Client) -> None:
    where = {"type": "compare", "field": "password", "op": "starts_with", "value": "argon2"}
    query = {"where": json.dumps({"v": 1, "where": where})}
    answer = page.get("/crm/users/", query)
    assert "password" in answer.text  # named as unknown
    assert page.get("/crm/users/count/", {"definition": query["where"]}).status_code == 422
