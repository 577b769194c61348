"""Requests of persons on the pages: from the person to the answer."""

from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.protection.models import DataRequest
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def noted(anna: Client, company: Company) -> DataRequest:
    values = {
        "person": f"{company.person} #{company.person.pk}",
        "kind": "access",
        "received_on": "2026-01-31",
        "received_by": "email",
        "wish": "Everything, please",
        "identity": "from the known address",
    }
    answer = anna.post("/crm/data-requests/new/", values)
    assert answer.status_code == 302, answer.content.decode()
    return DataRequest.objects.get()


def test_it_came_in_today_unless_somebody_says_otherwise(anna: Client, company: Company) -> None:
    with clock.freeze("2026-11-27T12:00:00Z"):
        page = anna.get(f"/crm/data-requests/new/?person={company.person.pk}")
    assert 'value="27 Nov 2026"' in page.content.decode()


def test_from_the_persons_page_to_the_answer(anna: Client, company: Company) -> None:
    page = f"/crm/persons/{company.person.pk}/"
    link = f"/crm/data-requests/new/?person={company.person.pk}"
    assert link in anna.get(page).content.decode()
    assert "Jana Weiß" in anna.get(link).content.decode()
    found = noted(anna, company)
    assert "Asks by their rights" in anna.get(page).content.decode()
    url = f"/crm/data-requests/{found.pk}/"
    shown = anna.get(url).content.decode()
    assert "overdue" in shown
    assert f"{url}answer/" in shown
    assert f"{url}extend/" not in shown  # the first month is over
    assert anna.get(f"{url}answer/").status_code == 200
    refused = anna.post(f"{url}answer/", {"refused": "0", "answer": " "})
    assert refused.status_code == 422
    done = anna.post(f"{url}answer/", {"refused": "0", "answer": "Sent by letter"})
    assert done.status_code == 302
    found.refresh_from_db()
    assert found.state == DataRequest.State.DONE
    assert "Asks by their rights" not in anna.get(page).content.decode()
    assert f"{url}answer/" not in anna.get(url).content.decode()


def test_it_is_in_the_navigation_and_a_list(anna: Client, company: Company) -> None:
    noted(anna, company)
    listed = anna.get("/crm/data-requests/").content.decode()
    assert "Jana Weiß" in listed
    assert 'href="/crm/data-requests/"' in anna.get("/").content.decode()


def test_extending_asks_for_a_reason(anna: Client, company: Company) -> None:
    found = noted(anna, company)
    url = f"/crm/data-requests/{found.pk}/extend/"
    assert anna.get(url).status_code == 200
    too_late = anna.post(url, {"reason": "many orders"})
    assert too_late.status_code == 422
    assert "too late" in too_late.content.decode()


def test_others_may_neither_see_nor_answer(carla: Client, anna: Client, company: Company) -> None:
    found = noted(anna, company)
    assert carla.get("/crm/data-requests/").status_code == 403
    for what in ("answer", "extend"):
        assert carla.get(f"/crm/data-requests/{found.pk}/{what}/").status_code in (403, 404)
    assert "/crm/data-requests/" not in carla.get("/").content.decode()


def test_who_has_to_be_told_stands_in_a_queue_and_is_noted_there(
    company: Company, anna: Client
) -> None:
    from kundenkreis.crm.people.models import Informed

    pk = company.person.pk
    page = anna.get("/crm/informing/").content.decode()
    assert f"/crm/persons/{pk}/" in page
    assert "Not told yet" in anna.get(f"/crm/persons/{pk}/").content.decode()
    address = f"/crm/informing/note/?row={pk}"
    assert anna.get(address).status_code == 200
    assert anna.post(address, {"how": "effort"}).status_code == 422
    sent = {"how": "spoken", "on": "2026-01-05", "note": "at the fair"}
    assert anna.post(address, sent)["Location"] == f"/crm/persons/{pk}/"
    assert Informed.objects.get(person=pk).note == "at the fair"
    assert f"/crm/persons/{pk}/" not in anna.get("/crm/informing/").content.decode()
    assert "In conversation" in anna.get(f"/crm/persons/{pk}/").content.decode()
    anna.post(f"/crm/persons/{pk}/not-informed/")
    assert not Informed.objects.exists()
    chosen = anna.get(f"/crm/informing/choose/?row={pk}")
    assert chosen["HX-Redirect"] == address
