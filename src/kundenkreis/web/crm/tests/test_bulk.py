"""Many records at once, as the pages do it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records.views import history
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_all_that_match_are_assigned_and_taken_back(company: Company, anna: Client) -> None:
    for number in range(60):
        create_person(actor=SYSTEM, last_name=f"Nr. {number}", source="Messe")
    page = anna.get("/crm/persons/?source=Messe").text
    assert "/crm/persons/bulk/assign/?source=Messe" in page
    assert "<b>60</b>" in anna.get("/crm/persons/bulk/all/?source=Messe").text
    dialog = "/crm/persons/bulk/assign/?source=Messe&all=1"
    assert "Assign 60 records" in anna.get(dialog).text
    answer = anna.post(dialog, {"owner_id": company.ben.pk})
    said = json.loads(answer["HX-Trigger"])
    assert said["toast"]["text"] == "60 records were changed."
    assert set(Person.objects.filter(source="Messe").values_list("owner_id", flat=True)) == {
        company.ben.pk
    }
    assert Person.objects.filter(owner_id=company.ben.pk).count() == 60  # and nobody else
    anna.post(said["toast"]["undo_url"])
    assert not Person.objects.filter(owner_id=company.ben.pk).exists()


def test_what_is_too_much_for_a_request_is_taken_back_by_the_worker(
    company: Company, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 0)
    address = f"/crm/persons/bulk/edit/?row={company.person.pk}"
    said = json.loads(anna.post(address, {"source": "Messe"})["HX-Trigger"])
    page = anna.post(said["toast"]["undo_url"])["Location"]
    assert "0 of 1 changes" in anna.get(page).text
    while runner.run_due(Side.CRM):
        pass
    assert "as before" in anna.get(page).text
    company.person.refresh_from_db()
    assert company.person.source == ""


def test_what_could_not_be_changed_is_listed_with_its_reason(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    people = (company.person, create_person(actor=SYSTEM, last_name="Neu"))
    picked = "&".join(f"row={one.pk}" for one in people)
    assert (
        "2 records were deleted." in anna.post(f"/crm/persons/bulk/remove/?{picked}")["HX-Trigger"]
    )
    # Nothing needed these two; the firm has an opportunity.
    page = anna.post(f"/crm/organisations/bulk/remove/?row={company.firm.pk}")["HX-Redirect"]
    text = anna.get(page).text
    assert f'<a href="/crm/organisations/{company.firm.pk}/">Bergmann Optik GmbH</a>' in text
    assert "still used by: opportunities" in text
    answer = anna.get(f"{page}failures.csv")
    assert "Bergmann Optik GmbH" in answer.content.decode()
    ben = logged_in(company.ben)
    for address in (page, f"{page}failures.csv"):
        assert ben.get(address).status_code == 404
    assert ben.post(f"{page}stop/").status_code == 404
    assert "Bergmann" not in ben.get("/crm/organisations/bulk/").text
    assert page in anna.get("/crm/organisations/bulk/").text


@pytest.mark.parametrize(
    ("what", "sent", "said"),
    [
        ("edit", {}, "Choose what is to be changed."),
        ("edit", {"employees": "many"}, "This is not a number."),
        ("tag", {"new": " , "}, "Choose what is to be changed."),
    ],
)
def test_what_cannot_be_done_is_said_in_the_dialog(
    company: Company, anna: Client, what: str, sent: dict[str, str], said: str
) -> None:
    address = f"/crm/organisations/bulk/{what}/?row={company.firm.pk}"
    answer = anna.post(address, sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert all(f'value="{text}"' in answer.text for text in sent.values() if text.strip(" ,"))


def test_a_list_of_what_one_may_only_read_has_no_boxes(company: Company, anna: Client) -> None:
    assert 'class="check"' in anna.get("/crm/persons/").text
    assert 'class="check"' not in anna.get("/crm/users/").text
    assert anna.get("/crm/persons/bulk/nonsense/?row=1").status_code == 404
    assert anna.get("/crm/persons/bulk/edit/").status_code == 422


def test_the_dialog_says_whose_step_it_becomes_and_lets_choose(
    company: Company, anna: Client
) -> None:
    others = [create_person(actor=SYSTEM, last_name=name, owner_id=company.ben.pk) for name in "AB"]
    address = "/crm/persons/bulk/step/?" + "&".join(
        f"row={one.pk}" for one in (company.person, *others)
    )
    asked = anna.get(address).text
    assert "So far: Ben (2), nobody (1)." in asked
    assert "of whoever is responsible already" in asked
    step = {"next_step": "Anrufen", "next_step_on": "2027-01-11"}
    anna.post(address, step)
    assert set(Person.objects.values_list("owner_id", flat=True)) == {company.ben.pk, None}
    anna.post(address, {**step, "owner_id": company.anna.pk})
    assert set(Person.objects.values_list("owner_id", "next_step")) == {
        (company.anna.pk, "Anrufen")
    }
