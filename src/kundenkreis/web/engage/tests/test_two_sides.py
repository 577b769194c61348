"""A profile and the person it is: each page says what it is and leads to the other."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from kundenkreis.crm.people.models import Person
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.engage.tests.conftest import log_in

pytestmark = pytest.mark.django_db(databases=BOTH)

LINK = UUID(int=7)


def profile(**values: object) -> Profile:
    with store.group(Side.ENGAGE):
        return store.create(SYSTEM, Profile, traits={"name": "Eva Blau"}, **values)


def person(**values: object) -> Person:
    with store.group(Side.CRM):
        return store.create(SYSTEM, Person, last_name="Blau", **values)


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_linked_pages_lead_to_each_other(anna: Client) -> None:
    known, she = profile(link_id=LINK), person(link_id=LINK)
    assert f'href="/crm/persons/{she.pk}/"' in page(anna, f"/engage/profiles/{known.pk}/")
    assert f'href="/engage/profiles/{known.pk}/"' in page(anna, f"/crm/persons/{she.pk}/")


def test_a_merged_profile_is_reached_from_the_person_it_was(anna: Client) -> None:
    now = profile(link_id=UUID(int=8))
    profile(link_id=LINK, canonical_id=now.pk)
    she, other = person(link_id=LINK), person(link_id=UUID(int=8))
    assert f'href="/engage/profiles/{now.pk}/"' in page(anna, f"/crm/persons/{she.pk}/")
    there = page(anna, f"/engage/profiles/{now.pk}/")
    assert f'href="/crm/persons/{she.pk}/"' in there
    assert f'href="/crm/persons/{other.pk}/"' in there


def test_pages_that_are_not_linked_say_so(anna: Client) -> None:
    stranger, she = profile(), person()
    assert "Not a person in the CRM yet" in page(anna, f"/engage/profiles/{stranger.pk}/")
    assert "Marketing has not met this person" in page(anna, f"/crm/persons/{she.pk}/")


def test_nobody_is_led_to_what_they_may_not_see() -> None:
    known, she = profile(link_id=LINK), person(link_id=LINK)
    marketing, sales = log_in("Mara", "marketing"), log_in("Sven", "sales")
    there = page(marketing, f"/engage/profiles/{known.pk}/")
    assert "whom only sales may see" in there
    assert "/crm/persons/" not in there
    assert "/engage/profiles/" not in page(sales, f"/crm/persons/{she.pk}/")


@pytest.mark.parametrize(
    ("address", "words"),
    [("/crm/persons/", "is a profile in marketing"), ("/engage/profiles/", "a person in the CRM")],
)
def test_both_lists_say_what_they_hold(anna: Client, address: str, words: str) -> None:
    assert words in page(anna, address)
