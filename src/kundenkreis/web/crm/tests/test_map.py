"""Lists on a map: the same filters, dots counted by the server, nothing for whom must not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import Territory
from kundenkreis.crm.people.places.commands import add_places, place
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)
GERMANY = "5,47,15,55"


@pytest.fixture(autouse=True)
def customers(company: Company) -> None:
    towns = [
        ("07743", "Jena", 50.9326, 11.5868, "DE-TH", 3),
        ("99423", "Weimar", 50.9803, 11.3290, "DE-TH", 1),
        ("10115", "Berlin", 52.5323, 13.3846, "DE-BE", 2),
    ]
    add_places(actor=SYSTEM, places=[place("DE", *one[:5]) for one in towns])
    for code, town, *_rest, count in towns:
        for number in range(count):
            create_person(actor=SYSTEM, last_name=f"{town} {number}", postal_code=code, town=town)
    create_person(actor=SYSTEM, last_name="Nowhere")
    create_organisation(actor=SYSTEM, name="Zeiss", postal_code="07743", town="Jena")


def dots(client: Client, zoom: int, slug: str = "persons", **more: str) -> list[dict[str, Any]]:
    asked = urlencode({"box": GERMANY, "zoom": zoom, **more})
    answer = client.get(f"/crm/{slug}/map/points/?{asked}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["dots"]
    return found


def where(node: dict[str, Any]) -> str:
    return json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})


def test_near_ones_are_one_dot_until_one_looks_closer(anna: Client) -> None:
    assert sorted(one["n"] for one in dots(anna, 5)) == [2, 4]
    close = dots(anna, 10)
    assert sorted(one["n"] for one in close) == [1, 2, 3]
    (single,) = [one for one in close if one["n"] == 1]
    assert single["name"] == "Weimar 0"
    assert single["url"].startswith("/crm/persons/")
    (jena,) = [one for one in close if one["n"] == 3]
    assert anna.get(jena["url"]).content.count(b"Jena ") >= 3
    assert b"Weimar 0" not in anna.get(jena["url"]).content


def test_filters_of_the_list_hold_on_the_map(anna: Client) -> None:
    near = where({"type": "near", "km": 25, "place": "Jena"})
    assert sum(one["n"] for one in dots(anna, 10, where=near)) == 4
    assert sum(one["n"] for one in dots(anna, 10, q="Berlin")) == 2
    assert [one["name"] for one in dots(anna, 10, slug="organisations")] == ["Zeiss"]
    assert sum(one["n"] for one in dots(anna, 6, heat="1")) == 6
    page = anna.get(f"/crm/persons/map/?{urlencode({'where': near})}").content.decode()
    assert 'data-areas="[{&quot;circle&quot;: [50.9326, 11.5868, 25]}]"' in page
    assert "at most 25 km from Jena" in page


def test_the_page_has_the_same_as_a_table_and_leads_to_lists(anna: Client) -> None:
    page = anna.get("/crm/persons/map/").content.decode()
    assert "Thuringia" in page
    assert 'data-bounds="[11.329, 50.9326, 13.3846, 52.5323]"' in page
    assert "/crm/persons/map/" in anna.get("/crm/persons/").content.decode()
    nowhere = where({"type": "on_the_map", "known": "no"})
    assert b"Nowhere" in anna.get(f"/crm/persons/?{urlencode({'where': nowhere})}").content


THURINGIA = "50.8 11.2\n50.8 11.9\n51.1 11.4"


def test_a_drawn_area_narrows_the_map_and_another_one_takes_its_place(anna: Client) -> None:
    first = anna.get("/crm/persons/map/drawn/", {"corners": "52 13; 53 13; 53 14", "q": "0"})
    second = anna.get(
        f"{first.url}&{urlencode({'corners': THURINGIA})}".replace("/map/", "/map/drawn/")
    )
    page = anna.get(second.url).content.decode()
    assert "53.0000" not in page
    assert "in an area with 3 corners" in page
    assert "50.8000 11.2000\n50.8000 11.9000\n51.1000 11.4000</textarea>" in page
    assert "&quot;outline&quot;: [[50.8, 11.2], [50.8, 11.9], [51.1, 11.4]]" in page
    where = parse_qs(urlsplit(second.url).query)["where"][0]
    assert sum(one["n"] for one in dots(anna, 10, where=where)) == 4
    assert parse_qs(urlsplit(second.url).query)["q"] == ["0"]


def test_corners_that_are_none_come_back_with_the_reason(anna: Client) -> None:
    answer = anna.get("/crm/persons/map/drawn/", {"corners": "50.8 11.2\nJena"})
    page = anna.get(answer.url).content.decode()
    assert "“Jena” is no corner" in page
    assert "50.8 11.2\nJena</textarea>" in page


def test_a_drawn_area_becomes_a_territory_and_is_changed_on_the_map(anna: Client) -> None:
    answer = anna.get("/crm/persons/map/drawn/", {"corners": THURINGIA, "as": "territory"})
    assert (
        "50.8000 11.2000; 50.8000 11.9000; 51.1000 11.4000" in anna.get(answer.url).content.decode()
    )
    values = {"name": "Middle", "outline": THURINGIA, "states": "Berlin", "postal_codes": "99"}
    anna.post("/crm/territories/new/", values)
    territory = Territory.objects.get()
    area = anna.get(
        f"/crm/persons/map/points/?box={GERMANY}&zoom=6&territory={territory.pk}"
    ).json()
    assert area["areas"][0]["states"] == ["DE-BE"]
    assert area["areas"][0]["outline"] == [[50.8, 11.2], [50.8, 11.9], [51.1, 11.4]]
    assert area["areas"][0]["spots"] == [[50.9803, 11.329]]
    page = anna.get(f"/crm/persons/map/?territory={territory.pk}&draw=").content.decode()
    assert "Save the territory" in page
    assert "data-open" in page
    url = f"/crm/territories/{territory.pk}/outline/"
    anna.post(f"{url}?version={territory.version}", {"corners": "52 13\n53 13\n53 14"})
    territory.refresh_from_db()
    assert territory.outline == "52.0000 13.0000; 53.0000 13.0000; 53.0000 14.0000"
    refused = anna.post(f"{url}?version={territory.version}", {"corners": "Jena"})
    assert refused.status_code == 422
    moved_on = anna.post(f"{url}?version=1", {"corners": THURINGIA})
    assert moved_on.status_code == 409
    territory.refresh_from_db()
    assert territory.outline.startswith("52.0000")


def test_who_may_not_change_territories_is_offered_none(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    Role.objects.filter(slug="sales").update(grants={"crm.person.read": "all"})
    territory = Territory.objects.create(
        name="East", created_at=clock.now(), changed_at=clock.now(), states="Berlin"
    )
    client = logged_in(company.ben)
    page = client.get("/crm/persons/map/").content
    assert b"Draw an area" in page
    assert b"Keep as a territory" not in page
    assert b"East" not in page
    assert client.get(
        f"/crm/persons/map/points/?box={GERMANY}&zoom=6&territory={territory.pk}"
    ).status_code in (403, 404)
    assert client.post(
        f"/crm/territories/{territory.pk}/outline/", {"corners": THURINGIA}
    ).status_code in (403, 404)


@pytest.mark.parametrize("asked", ["", "box=1,2,3&zoom=5", f"box={GERMANY}&zoom=x", "box=9,9,1,1&zoom=4", "box=nan,1,2,3&zoom=4"])  # fmt: skip
def test_a_window_that_makes_no_sense_is_not_found(anna: Client, asked: str) -> None:
    assert anna.get(f"/crm/persons/map/points/?{asked}").status_code == 404


@pytest.mark.parametrize("slug", ["opportunities", "nothing"])
def test_what_has_no_place_has_no_map(anna: Client, slug: str) -> None:
    assert anna.get(f"/crm/{slug}/map/").status_code == 404


def test_who_must_not_know_addresses_has_no_map(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    Role.objects.filter(slug="sales").update(
        grants={"crm.person.read": "all"}, fields={"crm.person": {"postal": "hidden"}}
    )
    client = logged_in(company.ben)
    assert client.get("/crm/persons/").status_code == 200
    assert b"/crm/persons/map/" not in client.get("/crm/persons/").content
    assert client.get("/crm/persons/map/").status_code == 404
    assert client.get(f"/crm/persons/map/points/?box={GERMANY}&zoom=5").status_code == 404
    near = where({"type": "near", "km": 25, "place": "Jena"})
    page = client.get(f"/crm/persons/?{urlencode({'where': near})}").content
    assert b"not known here" in page
