from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.people import commands as people
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def titles(client: Client, text: str) -> list[str]:
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200
    return [part.split("<")[0] for part in answer.text.split('<span class="label">')[1:]]


def test_it_finds_records_of_all_types_and_leads_to_them(company: Company, anna: Client) -> None:
    people.create_organisation(actor=SYSTEM, name="Müller Straßenbau GmbH")
    assert titles(anna, "muelle strasse") == ["Müller Straßenbau GmbH"]
    assert set(titles(anna, "bergmann")) == {"Bergmann Optik GmbH", "Jana Weiß", "Lasermesskopf"}
    page = anna.get("/search/", {"q": "weiss"}).text
    assert f'href="/crm/persons/{company.person.pk}/"' in page


def test_it_finds_pages_and_what_can_be_made(company: Company, anna: Client) -> None:
    assert "Experiments" in titles(anna, "exper")
    assert titles(anna, "new per")[0] == "New person"
    everything = titles(anna, "")
    assert {"Home", "Persons", "New organisation"} <= set(everything)


def test_it_says_what_to_do_when_nothing_is_found(company: Company, anna: Client) -> None:
    for text in ("no such thing", "x" * 5000):
        assert "Nothing found" in anna.get("/search/", {"q": text}).text
    assert titles(anna, "!!") == titles(anna, "\0") == titles(anna, "")


def test_who_may_read_nothing_finds_nothing_and_is_led_nowhere(
    company: Company,
    carla: Client,
) -> None:
    assert titles(carla, "weiss") == titles(carla, "bergmann") == []
    assert 'href="/crm/' not in carla.get("/search/", {"q": "persons"}).text  # only to the help
    assert titles(carla, "") == ["Home", "Inbox"]


def test_a_sales_rep_finds_their_own_and_nobody_elses(
    company: Company,
    logged_in: Callable[[User], Client],
) -> None:
    ben = logged_in(company.ben)
    theirs = people.create_person(actor=SYSTEM, last_name="Fremder", owner_id=company.anna.pk)
    people.create_person(actor=SYSTEM, last_name="Fremdling", owner_id=company.ben.pk)
    found = titles(ben, "fremd")
    assert "Fremdling" in found
    assert (str(theirs) in found) is (ben.get(f"/crm/persons/{theirs.pk}/").status_code == 200)


def test_without_a_text_it_shows_favourites_and_what_was_viewed_lately_each_once(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    anna.post(f"/crm/persons/{company.person.pk}/star/", headers={"HX-Request": "true"})
    for address in (f"/crm/persons/{company.person.pk}/", f"/crm/organisations/{company.firm.pk}/"):
        anna.post(f"{address}seen/")
    shown = anna.get("/search/").text
    favourites, lately = (
        shown.index(f'aria-label="{name}"') for name in ("Favourites", "Viewed lately")
    )
    assert favourites < shown.index("Jana Weiß") < lately < shown.index(">Bergmann Optik GmbH<")
    assert shown.count("Jana Weiß</span>") == 1
    assert "<kbd>g</kbd><kbd>p</kbd>" in shown
    assert "Bergmann" not in logged_in(company.ben).get("/search/").text
    Role.objects.update(grants={})
    assert "Bergmann" not in anna.get("/search/").text


def test_single_keys_are_switched_off_by_their_user(company: Company, anna: Client) -> None:
    assert "<kk-shortcuts data-new" in anna.get("/").text
    assert anna.post("/preferences/", {"single_keys": "off"}).status_code == 204
    assert " data-off>" in anna.get("/").text
    anna.post("/preferences/", {"single_keys": "on"})
    assert " data-off>" not in anna.get("/").text
