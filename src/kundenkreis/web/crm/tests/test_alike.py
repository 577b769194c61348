"""The form for a new person says who is there already."""

from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.people import commands
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

ASK = "/crm/persons/new/alike/"


def test_who_is_typed_again_is_named_with_reasons_and_a_link(
    company: Company, anna: Client
) -> None:
    form = anna.get("/crm/persons/new/").text
    assert f'hx-post="{ASK}"' in form
    told = anna.post(ASK, {"first_name": "Jana", "email": "JANA@example.org"}).text
    assert "Is this person already there?" in told
    assert "same e-mail address" in told
    assert f'href="/crm/persons/{company.person.pk}/" target="_blank"' in told


def test_the_name_of_an_employer_counts_as_it_is_typed(company: Company, anna: Client) -> None:
    typed = {"first_name": "Jana", "last_name": "Weiss", "organisation": str(company.firm)}
    assert "works in the same organisation" in anna.post(ASK, typed).text


def test_half_typed_things_are_nothing_yet(company: Company, anna: Client) -> None:
    for typed in (
        {},
        {"email": "jana@"},
        {"phone": "+"},
        {"birth_date": "1.", "last_name": "W"},
        {"organisation": "\0", "email": "\0", "first_name": "\0", "last_name": "\0"},
        {"first_name": "x" * 9_000, "last_name": "ß" * 9_000},
    ):
        answer = anna.post(ASK, typed)
        assert answer.status_code == 200
        assert "already there?" not in answer.text


def test_organisations_are_asked_for_too(company: Company, anna: Client) -> None:
    ask = "/crm/organisations/new/alike/"
    told = anna.post(ask, {"name": "Bergmann Optik", "website": ""}).text
    assert "proves nothing" in told
    assert "Bergmann Optik GmbH" in told
    commands.create_organisation(actor=SYSTEM, name="Kern", website="https://kern.example")
    told = anna.post(ask, {"website": "www.kern.example/start"}).text
    assert "Is this organisation already there?" in told


def test_nobody_is_told_who_may_not_enter_anybody(company: Company, carla: Client) -> None:
    assert carla.post(ASK, {"email": "jana@example.org"}).status_code == 403
    assert carla.post("/crm/tasks/new/alike/").status_code in (403, 404)


def test_other_types_have_no_such_question(company: Company, anna: Client) -> None:
    assert anna.post("/crm/opportunities/new/alike/").status_code == 404
    assert "alike" not in anna.get("/crm/opportunities/new/").text
