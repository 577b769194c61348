from __future__ import annotations

import json

import pytest
from django.test import Client

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named, write
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

HTMX = {"HX-Request": "true"}


def rename(company: Company, anna: Client, name: str) -> str:
    """Change the person's name in place; the address that takes it back."""
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    seen = json.dumps({"last_name": Person.objects.get().last_name})
    answer = anna.post(address, {"last_name": name, "seen": seen})
    url: str = json.loads(answer["HX-Trigger-After-Settle"])["toast"]["undo_url"]
    return url


def test_an_edit_offers_to_take_it_back_and_does(company: Company, anna: Client) -> None:
    url = rename(company, anna, "Kern")
    answer = anna.post(url, headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    assert Person.objects.get().last_name == "Weiß"
    page = anna.get("/crm/persons/").text
    assert "1 record is as it was before." in page
    # What was taken back by mistake is done again in the same way, as often as one likes.
    for name in ("Kern", "Weiß"):
        again = page.split('data-undo-url="')[1].split('"')[0]
        anna.post(again, headers=HTMX)
        assert Person.objects.get().last_name == name
        page = anna.get("/crm/persons/").text


def test_a_list_offers_to_do_again_what_was_taken_back(company: Company, anna: Client) -> None:
    url = f"{rename(company, anna, 'Kern')}?list=1"
    for name in ("Weiß", "Kern"):
        toast = json.loads(anna.post(url, headers=HTMX)["HX-Trigger"])["toast"]
        assert Person.objects.get().last_name == name
        url = toast["undo_url"]
    assert url.endswith("?list=1")


def test_saving_the_same_value_offers_nothing_to_take_back(company: Company, anna: Client) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    answer = anna.post(address, {"last_name": "Weiß", "seen": json.dumps({"last_name": "Weiß"})})
    assert answer.status_code == 200
    assert "HX-Trigger-After-Settle" not in answer.headers


def test_a_deletion_offers_to_take_it_back_at_once_and_later_from_the_bin(
    company: Company, anna: Client
) -> None:
    Opportunity.objects.all().delete()
    answer = anna.post(f"/crm/persons/{company.person.pk}/remove/", follow=True)
    assert 'data-undo-url="/crm/persons/undo/' in answer.text
    bin_page = anna.get("/crm/persons/bin/").text
    assert "Jana Weiß" in bin_page
    url = bin_page.split('action="/crm/persons/undo/')[1].split('"')[0]
    anna.post(f"/crm/persons/undo/{url}")
    assert Person.objects.get() == company.person
    assert "Nothing was deleted" in anna.get("/crm/persons/bin/").text


def test_the_history_says_who_changed_what_and_through_what(company: Company, anna: Client) -> None:
    write.change(
        named("person"), ANNA.through("import"), company.person.pk, None, {"is_customer": True}
    )
    rename(company, anna, "Kern")
    page = anna.get(f"/crm/persons/{company.person.pk}/history/").text
    assert "<del>Weiß</del>" in page
    assert "<ins>Kern</ins>" in page
    assert "by an import" in page


def test_it_shows_a_record_as_it_was_on_a_day(company: Company, anna: Client) -> None:
    with freeze("2036-11-21T12:00:00Z") as clock:
        rename(company, anna, "Kern")
        clock.advance(days=3)
        rename(company, anna, "Berger")
        address = f"/crm/persons/{company.person.pk}/history/"
        for day, name in (("2036-11-20", "Weiß"), ("2036-11-22", "Kern"), ("2036-11-24", "Berger")):
            page = anna.get(f"{address}?on={day}").text
            then = page.split("As it was at the end")[1].split('<ol class="timeline"')[0]
            assert name in then
            assert ("different now" in then) is (name != "Berger")
        assert "It did not exist yet." in anna.get(f"{address}?on=2001-01-01").text
        assert anna.get(f"{address}?on=9999-12-31").status_code == 200
        assert anna.get(f"{address}?on=nonsense").status_code == 200


def test_who_may_not_read_a_record_sees_neither_its_history_nor_the_bin(
    company: Company, anna: Client, carla: Client
) -> None:
    url = rename(company, anna, "Kern")
    assert carla.get(f"/crm/persons/{company.person.pk}/history/").status_code in (403, 404)
    assert carla.get("/crm/persons/bin/").status_code in (403, 404)
    assert carla.post(url).status_code in (403, 404)
    assert anna.post("/crm/persons/undo/no-such-batch/").status_code == 404
    assert Person.objects.get().last_name == "Kern"
