"""The views above a list, through their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.models import SavedView

pytestmark = pytest.mark.django_db(databases=BOTH)

LIST = "/crm/organisations/"
HTMX = {"HX-Request": "true"}


def save(client: Client, name: str = "Optik", query: str = "?industry=Optik", **more: Any) -> int:
    data = {"name": name, "sharing": "private", **more}
    answer = client.post(f"{LIST}views/{query}", data, headers=HTMX)
    assert answer.status_code == 200, answer.text
    found = re.fullmatch(r"/crm/organisations/\?view=(\d+)", answer["HX-Redirect"])
    assert found
    return int(found[1])


def current(client: Client, address: str) -> str:
    found = re.search(
        r'<a class="tab[^>]*aria-current="page">.*?</svg>(.*?)</a>', client.get(address).text
    )
    return found[1] if found else ""


def test_a_list_is_saved_as_a_view_and_opened_again(company: Any, anna: Client) -> None:
    pk = save(anna, pinned="on")
    page = anna.get(f"{LIST}?view={pk}").text
    assert '<span class="value">Optik</span>' in page
    assert "View changed" not in page
    assert current(anna, f"{LIST}?view={pk}") == "Optik"
    assert ">Optik</a>" in anna.get(LIST).text  # pinned


def test_a_view_without_a_name_is_asked_for_it_and_keeps_what_was_typed(anna: Client) -> None:
    data = {"name": " ", "sharing": "public", "starts": "on"}
    answer = anna.post(f"{LIST}views/?industry=Optik", data, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialogs")
    assert 'aria-invalid="true"' in answer.text
    assert '<option value="public" selected>' in answer.text
    assert not SavedView.objects.using("default").exists()


def test_what_is_changed_of_a_view_is_said_and_can_be_kept(company: Any, anna: Client) -> None:
    pk = save(anna)
    moved = f"{LIST}?base={pk}&industry=Optik&sort=-employees"
    page = anna.get(moved).text
    assert "View changed" in page
    assert f'hx-post="{LIST}views/{pk}/keep/' in page
    anna.post(f"{LIST}views/{pk}/keep/?base={pk}&industry=Optik&sort=-employees", headers=HTMX)
    assert "View changed" not in anna.get(moved).text
    assert current(anna, moved) == "Optik"


def test_a_list_starts_with_the_view_its_user_chose(company: Any, anna: Client) -> None:
    pk = save(anna, starts="on")
    assert anna.get(LIST)["Location"] == f"{LIST}?view={pk}"
    assert current(anna, f"{LIST}?view=all") == "All"
    board = "/crm/opportunities/board/"
    data = {"name": "Tafel", "sharing": "private", "starts": "on"}
    anna.post("/crm/opportunities/views/?board=1", data, headers=HTMX)
    place = anna.get("/crm/opportunities/")["Location"]
    assert place.startswith(f"{board}?view=")
    assert anna.get(place).status_code == 200


def test_a_deleted_view_comes_back_from_its_message(company: Any, anna: Client) -> None:
    pk = save(anna)
    gone = anna.post(f"{LIST}views/{pk}/remove/", headers=HTMX)
    page = anna.get(gone["HX-Redirect"]).text
    undo = re.search(rf'data-undo-url="({LIST}views/restore/\w+/)"', page)
    assert undo
    assert "There is no such view" in anna.get(f"{LIST}?view={pk}").text
    assert anna.post(undo[1], headers=HTMX)["HX-Redirect"] == f"{LIST}?view={pk}"
    assert current(anna, f"{LIST}?view={pk}") == "Optik"


def test_others_pin_a_public_view_but_change_nothing_of_it(
    company: Any, anna: Client, carla: Client, logged_in: Callable[[User], Client]
) -> None:
    ben = logged_in(company.ben)
    pk = save(anna, sharing="public")
    form = ben.get(f"{LIST}views/{pk}/").text
    assert re.search(r'<input[^>]*name="name"[^>]*disabled', form)
    data = {"name": "Bens", "sharing": "private", "pinned": "on"}
    assert ben.post(f"{LIST}views/{pk}/", data, headers=HTMX).status_code == 200
    assert SavedView.objects.using("default").get(pk=pk).name == "Optik"
    assert ">Optik</a>" in ben.get(LIST).text
    for route in ("keep/", "remove/"):
        assert ben.post(f"{LIST}views/{pk}/{route}", headers=HTMX).status_code == 403
    for address in (f"{LIST}?view={pk}", f"{LIST}views/{pk}/", f"{LIST}views/"):
        assert carla.get(address).status_code == 403


def test_every_page_of_a_list_understands_the_short_address(company: Any, anna: Client) -> None:
    pk = save(anna, query="?columns=name,employees&industry=Optik")
    columns = anna.get(f"{LIST}columns/?view={pk}").text
    assert 'name="columns" value="employees" checked' in columns
    file = b"".join(anna.get(f"{LIST}export.csv?view={pk}").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Industry" not in file.partition("\n")[0]
