"""Persons in a list that is edited: names by their parts, contact details by their commands."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records import named
from kundenkreis.records.lists.cellwriting import Cell, Row, editable_names, write_cells
from kundenkreis.records.lists.grid import grid_columns
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.crm.tests.test_cells import cell, editing, put

__all__ = ["editing"]  # a fixture

pytestmark = pytest.mark.django_db(databases=BOTH)

LIST, KIND = "/crm/persons/", named("person")


def ways(kind: str = "email") -> list[str]:
    rows = ContactDetail.objects.filter(kind=kind).order_by("-is_primary", "id")
    return list(rows.values_list("value", flat=True))


def test_names_stand_in_parts_while_a_list_is_edited(company: Company, editing: Client) -> None:
    page = editing.get(LIST).text
    for name, value in (
        ("first_name", "Jana"),
        ("last_name", "Weiß"),
        ("email", "jana@example.org"),
    ):
        assert f'data-name="{name}"' in page
        assert f'data-value="{value}"' in page
    answer = put(editing, company.person.pk, LIST, last_name=cell("Weiss", "Weiß")).json()
    assert "Jana Weiss" in answer["rows"][str(company.person.pk)]
    columns = [one.name for one in grid_columns(KIND, ANNA, QueryDict("columns=name,first_name"))]
    assert columns == ["name", "last_name", "first_name"]


def test_contact_details_are_changed_checked_and_taken_back(
    company: Company, editing: Client
) -> None:
    pk, old = company.person.pk, "jana@example.org"
    wrong = put(
        editing, pk, LIST, email=cell("no address", old), phone=cell("0331 / 2900", "")
    ).json()
    assert "email" in wrong["failed"][str(pk)]
    assert (ways(), ways("phone")) == ([old], ["+49 331 2900"])
    answer = put(editing, pk, LIST, email=cell("weiss@example.org", old)).json()
    assert (answer["failed"], ways()) == ({}, ["weiss@example.org"])
    same = put(editing, pk, LIST, email=cell("WEISS@example.org", "weiss@example.org")).json()
    assert same["text"] == "1 was so already."
    editing.post(answer["undo_url"].partition("?")[0])
    assert ways() == [old]
    put(editing, pk, LIST, email=cell("", old))
    assert ways() == []


def test_who_was_late_sees_the_address_somebody_else_has_entered(
    company: Company, editing: Client
) -> None:
    pk = company.person.pk
    answer = put(editing, pk, LIST, email=cell("mine@example.org", "long@ago.example")).json()
    assert "changed this to “jana@example.org” meanwhile" in answer["failed"][str(pk)]["email"]
    assert ways() == ["jana@example.org"]


def test_a_new_row_becomes_a_person(company: Company, editing: Client) -> None:
    assert 'class="new-row"' in editing.get(LIST).text
    typed = {"last_name": cell("Kern"), "email": cell("kern@example.org"),
             "organisation": cell("Bergmann Optik GmbH")}  # fmt: skip
    (pk,) = put(editing, 0, LIST, **typed).json()["made"]
    made = Person.objects.get(pk=pk)
    assert (str(made), made.addresses["email"], made.employer.name) == (
        "Kern", "kern@example.org", "Bergmann Optik GmbH",
    )  # fmt: skip
    nobody = put(editing, 0, LIST, email=cell("x@example.org")).json()
    assert "Enter a name" in nobody["failed"]["0"]["email"]
    bad = put(editing, 0, LIST, last_name=cell("Nein"), phone=cell("abc")).json()
    assert list(bad["failed"]["0"]) == ["phone"]
    assert Person.objects.count() == 2


def test_on_a_phone_an_address_is_edited_in_a_sheet(company: Company, anna: Client) -> None:
    address = f"{LIST}{company.person.pk}/cell/email/"
    assert 'value="jana@example.org"' in anna.get(address).text
    wrong = anna.post(address, {"email": "nonsense", "seen": "jana@example.org"})
    assert (wrong.status_code, 'value="nonsense"' in wrong.text) == (422, True)
    late = anna.post(address, {"email": "late@example.org", "seen": "other@example.org"})
    assert "meanwhile" in late.text
    done = anna.post(address, {"email": "new@example.org", "seen": "jana@example.org"})
    assert (done.status_code, ways()) == (204, ["new@example.org"])
    anna.post(json.loads(done["HX-Trigger"])["toast"]["undo_url"])
    assert ways() == ["jana@example.org"]


@pytest.mark.parametrize("how", ["hidden", "locked"])
def test_an_address_that_is_withheld_is_no_cell(how: str) -> None:
    person = create_person(actor=SYSTEM, last_name="Weiß", email="a@example.org")
    restricted: Any = {how: MappingProxyType({"crm.person": frozenset({"email"})})}
    viewer = replace(ANNA, **restricted)
    assert "email" not in editable_names(KIND, viewer)
    row = Row(person.pk, {"email": Cell("b@example.org", "a@example.org")})
    assert write_cells(KIND, viewer, [row]).failed
    assert ways() == ["a@example.org"]
