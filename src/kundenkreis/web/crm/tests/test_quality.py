"""The page of data quality leads from each number to its list, and enrichment is taken back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import Affiliation, QualitySnapshot
from kundenkreis.crm.people.quality.commands import measure_night
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_each_number_leads_to_its_list(anna: Client) -> None:
    create_person(actor=SYSTEM, last_name="Unreachable")
    page = anna.get("/crm/data-quality/").content.decode()
    link = re.search(r'<a class="name" href="([^"]+)">no way to reach them</a>', page)
    assert link
    shown = anna.get(unescape(link[1])).content.decode()
    assert "Unreachable" in shown
    assert "Jana" not in shown
    assert "usual: 12% to 15%" in page
    firms = anna.get("/crm/data-quality/?kind=organisation").content.decode()
    assert "without a contact person" in firms


def test_the_months_are_shown_and_somebody_is_reminded(company: Company, anna: Client) -> None:
    assert "Month by month" in anna.get("/crm/data-quality/").content.decode()
    measure_night(actor=SYSTEM)
    assert not Activity.objects.exists()  # nothing to compare with yet
    QualitySnapshot.objects.update(month="2020-01-01", total=10, figures={"decayed": 1})
    measure_night(actor=SYSTEM)
    task = Activity.objects.get()
    assert (task.owner_id, task.kind) == (company.anna.pk, "task")
    assert "of 1 persons 0.0 % were lost within a year (before: 10.0 %)" in task.text
    assert "<th>Month</th>" in anna.get("/crm/data-quality/").content.decode()


def test_chosen_suggestions_are_added_and_taken_back(anna: Client) -> None:
    create_organisation(actor=SYSTEM, name="Zeiss", website="https://zeiss.example")
    person = create_person(actor=SYSTEM, last_name="Works", email="w@zeiss.example")
    page = anna.get("/crm/data-quality/enrichment/").content.decode()
    assert "works at Zeiss" in page
    name = re.search(r'name="name" value="([^"]+)"', page)
    assert name
    answer = anna.post("/crm/data-quality/enrichment/", {"name": [name[1]]}, follow=True)
    assert "1 record was enriched." in answer.content.decode()
    assert Affiliation.objects.filter(person=person).count() == 1
    undo = re.search(r"/crm/persons/undo/\w+/", answer.content.decode())
    assert undo
    anna.post(undo[0])
    assert not Affiliation.objects.filter(person=person).exists()
    again = anna.post("/crm/data-quality/enrichment/", {"name": ["domain:person:0"]}, follow=True)
    assert "nothing to add" in again.content.decode()


def test_who_may_read_nothing_has_no_page(carla: Client) -> None:
    assert carla.get("/crm/data-quality/").status_code == 403
    assert carla.get("/crm/data-quality/enrichment/").status_code == 403


def test_what_matters_most_stands_at_the_head(anna: Client) -> None:
    create_person(actor=SYSTEM, last_name="Unreachable")
    page = anna.get("/crm/data-quality/").content.decode()
    head = page[page.index('class="figures') : page.index('class="halves')]
    for told in ("Lost within a year", "no way to reach them", "not confirmed for a year"):
        assert told in head
