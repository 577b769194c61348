"""Whose number is whose: at one shop, at two shops, and in the whole company."""

from __future__ import annotations

from uuid import UUID

import pytest

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.customer_commands import (
    Customer,
    find_or_create_customers,
    known_links,
)
from kundenkreis.crm.people.models import CustomerId, Person
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)


def found(*customers: Customer) -> list[Person]:
    return find_or_create_customers(actor=ANNA, customers=customers)


def shopper(source: str, link: int, number: str = "17") -> Customer:
    return Customer(link_id=UUID(int=link), customer_number=number, source=source)


def bookkept(number: str = "17", source: str = "books") -> Customer:
    return Customer(customer_number=number, source=source, company_wide=True)


@pytest.mark.parametrize("together", [True, False])
def test_the_same_number_at_two_shops_is_two_people(*, together: bool) -> None:
    a, b = shopper("shop-a", 1), shopper("shop-b", 2)
    one, other = found(a, b) if together else [*found(a), *found(b)]
    assert one != other
    assert (one.link_id, other.link_id) == (a.link_id, b.link_id)
    assert (one.customer_number, other.customer_number) == ("17", None)
    assert found(a, b) == [one, other]
    assert CustomerId.objects.count() == 2


def test_a_shop_knows_its_customer_by_number_when_the_link_is_new() -> None:
    (one,) = found(Customer(customer_number="17", source="shop-a"))
    assert found(shopper("shop-a", 1), shopper("shop-a", 1)) == [one, one]
    assert Person.objects.get().link_id == UUID(int=1)
    assert CustomerId.objects.count() == 1


def test_a_person_has_one_number_per_shop() -> None:
    (one,) = found(shopper("shop-a", 1, "17"))
    assert found(shopper("shop-b", 1, "4711")) == [one]
    assert found(Customer(customer_number="4711", source="shop-b")) == [one]
    assert Person.objects.get().customer_number == "17"


def test_only_the_companys_own_number_finds_whom_staff_entered() -> None:
    entered = create_person(actor=ANNA, last_name="Weiß", customer_number="17")
    (stranger,) = found(shopper("shop-a", 1))
    assert stranger.customer_number is None
    assert found(bookkept()) == [entered]
    assert stranger != entered


def test_a_number_that_only_a_shop_gave_is_not_the_companys() -> None:
    (shops,) = found(shopper("shop-a", 1))
    assert shops.customer_number == "17"
    assert known_links(actor=ANNA, customers=[bookkept()]) == {}
    (companys,) = found(bookkept())
    assert companys != shops
    # It is the company's from now on, also in another of its files.
    assert found(bookkept(source="old books"), shopper("shop-a", 1)) == [companys, shops]


def test_a_number_that_a_shop_repeats_stays_the_companys() -> None:
    entered = create_person(actor=ANNA, last_name="Weiß", customer_number="17", link_id=UUID(int=1))
    assert found(shopper("shop-a", 1)) == [entered]
    assert known_links(actor=ANNA, customers=[bookkept()]) == {"17": UUID(int=1)}
    assert found(bookkept()) == [entered]


def test_a_number_too_long_to_show_still_names_one_customer() -> None:
    long = ["9" * 60 + end for end in "ab"]
    one, other = found(*(shopper("shop-a", n, number) for n, number in enumerate(long, 1)))
    assert one != other
    assert one.customer_number is None
    assert found(Customer(customer_number=long[1], source="shop-a")) == [other]
