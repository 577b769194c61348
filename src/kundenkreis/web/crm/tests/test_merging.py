from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.people import commands
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def double(company: Company) -> Person:
    return commands.create_person(
        actor=SYSTEM, first_name="J.", last_name="Weiss", customer_number="K-7", owner_id=1
    )


def test_two_persons_are_compared_merged_and_parted_again(company: Company, anna: Client) -> None:
    other = double(company)
    address = f"/crm/persons/{company.person.pk}/merge/"
    assert address in anna.get(f"/crm/persons/{company.person.pk}/").text
    assert "The same as" in anna.get(address).text
    chosen = anna.get(address, {"other": str(other)})
    assert chosen["Location"] == f"{address}?with={other.pk}"
    page = anna.get(address, {"with": other.pk}).text
    assert "K-7" in page
    assert f"/crm/persons/{other.pk}/merge/?with={company.person.pk}" in page

    answer = anna.post(address, {"with": other.pk, "take.customer_number": "gone"}, follow=True)
    assert "is part of this record now" in answer.text
    assert "Merged with J. Weiss" in answer.text
    assert Person.objects.get().customer_number == "K-7"

    (undo,) = {part.split('"')[0] for part in answer.text.split('"') if "/undo/" in part}
    anna.post(undo)
    assert Person.objects.get(pk=other.pk).customer_number == "K-7"
    assert Person.objects.get(pk=company.person.pk).customer_number is None
    assert "Parted from J. Weiss again" in anna.get(f"/crm/persons/{company.person.pk}/").text


def test_an_old_address_leads_to_whom_the_record_is_part_of(
    company: Company, anna: Client, carla: Client
) -> None:
    kept, other = company.person, double(company)
    third = commands.create_person(actor=SYSTEM, last_name="Weis", owner_id=1)
    old = [f"/crm/persons/{one.pk}/" for one in (other, third)]
    anna.post(f"/crm/persons/{other.pk}/merge/", {"with": third.pk})
    assert anna.get(old[1])["Location"] == old[0]
    anna.post(f"/crm/persons/{kept.pk}/merge/", {"with": other.pk})
    for address in old:
        answer = anna.get(address, follow=True)
        assert answer.redirect_chain == [(f"/crm/persons/{kept.pk}/", 302)]
        assert "The record of this address is part of this one now." in answer.text
        assert carla.get(address).status_code in (403, 404)
    assert anna.get("/crm/persons/999999/").status_code == 404


def test_nobody_without_the_rights_compares_or_merges(
    company: Company, carla: Client, anna: Client
) -> None:
    other = double(company)
    address = f"/crm/persons/{company.person.pk}/merge/"
    assert carla.get(address, {"with": other.pk}).status_code in (403, 404)
    assert carla.post(address, {"with": other.pk}).status_code in (403, 404)
    assert anna.post(address, {"with": 999_999}).status_code == 404
    assert Person.objects.count() == 2


def test_a_record_is_not_merged_with_itself(
    company: Company, anna: Client, logged_in: Callable[..., Client]
) -> None:
    address = f"/crm/persons/{company.person.pk}/merge/"
    assert anna.post(address, {"with": company.person.pk}).status_code in (200, 422)
    assert Person.objects.count() == 1
