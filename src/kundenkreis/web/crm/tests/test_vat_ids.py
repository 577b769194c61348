from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import vat_checking
from kundenkreis.crm.people.jobs import check_vat_id
from kundenkreis.crm.people.models import Organisation, VatCheck
from kundenkreis.crm.people.vat_checking import VatAnswer
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)
HTMX = {"HX-Request": "true"}


def answers(number: str) -> VatAnswer:
    """A service that knows one company."""
    return VatAnswer(number == "DE136695976", "WAPI17", "Zeiss AG", "Ring 1, Jena")


@pytest.fixture
def service() -> Iterator[None]:
    vat_checking.offer(answers)
    yield
    vat_checking.withdraw(answers)


@pytest.fixture
def firm(company: object) -> Organisation:
    return people.create_organisation(actor=ANNA, name="Zeiss", vat_id="DE136695976")


def test_without_a_service_there_is_nothing_to_ask(firm: Organisation, anna: Client) -> None:
    assert "vat-panel" not in anna.get(f"/crm/organisations/{firm.pk}/").text


@pytest.mark.usefixtures("service")
def test_the_page_shows_the_proof_with_its_age(firm: Organisation, anna: Client) -> None:
    page = f"/crm/organisations/{firm.pk}/"
    assert "Ask the tax authorities" in anna.get(page).text
    asked = anna.post(f"{page}vat-check/", headers=HTMX)
    assert "being checked" in asked.text
    assert f"{page}vat-state/" in asked.text
    check_vat_id.call(VatCheck.objects.get().pk)
    state = anna.get(f"{page}vat-state/", headers=HTMX).text
    for text in ("valid", "WAPI17", "Zeiss AG", "Ring 1, Jena", "checked"):
        assert text in state
    assert "every 3s" not in state


@pytest.mark.usefixtures("service")
def test_only_whoever_may_change_it_asks(firm: Organisation, carla: Client) -> None:
    assert carla.post(f"/crm/organisations/{firm.pk}/vat-check/").status_code in (403, 404)
    assert not VatCheck.objects.exists()
