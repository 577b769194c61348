from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

import pytest

from kundenkreis.crm.people import commands, numbering
from kundenkreis.crm.people.customer_commands import Customer, find_or_create_customers
from kundenkreis.crm.people.models import NumberRange, Person
from kundenkreis.crm.people.numbering import give_customer_number
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.search.finding import searched

pytestmark = pytest.mark.django_db(databases=CRM)


def set_up(of: str = "person", **values: object) -> NumberRange:
    given = {"of": of, "prefix": "K-", "digits": 4, "next_number": 41, **values}
    made: NumberRange = write.create(named("numberrange"), ANNA, given)
    return made


def person(name: str = "Weiß", **values: object) -> Person:
    return commands.create_person(actor=ANNA, last_name=name, **values)


def test_numbers_follow_each_other_and_leave_out_what_is_taken() -> None:
    set_up()
    person("Vogel", customer_number="K-0042")
    first, second = person("Weiß"), person("Kern")
    assert give_customer_number(actor=ANNA, holder=first) == "K-0041"
    assert give_customer_number(actor=ANNA, holder=second) == "K-0043"
    assert NumberRange.objects.get().next_number == 44


def test_nobody_gets_a_second_number() -> None:
    set_up()
    anna = person()
    give_customer_number(actor=ANNA, holder=anna)
    with pytest.raises(DomainError, match="K-0041"):
        give_customer_number(actor=ANNA, holder=anna)
    assert NumberRange.objects.get().next_number == 42


def test_without_a_range_it_says_where_to_set_one_up() -> None:
    with pytest.raises(DomainError, match="Number ranges"):
        give_customer_number(actor=ANNA, holder=person())


def test_carla_and_who_may_not_change_the_field_give_no_number() -> None:
    set_up()
    anna = person()
    locked = Viewer(
        name="Lena", user_id=9, grants={"crm.person.change": Level.ALL},
        locked=MappingProxyType({"crm.person": frozenset({"customer_number"})}),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        give_customer_number(actor=CARLA, holder=anna)
    with pytest.raises(DomainError):
        give_customer_number(actor=locked, holder=anna)
    assert NumberRange.objects.get().next_number == 41


def test_whoever_becomes_a_customer_gets_a_number_by_itself_and_is_found_by_it() -> None:
    set_up(automatic=True)
    anna = person()
    assert anna.customer_number is None
    write.change(named("person"), ANNA, anna.pk, None, {"is_customer": True})
    anna.refresh_from_db()
    assert anna.customer_number == "K-0041"
    found = searched(named("person"), ANNA, named("person").rows(ANNA), "K-0041")
    assert [one.pk for one in found] == [anna.pk]


def test_a_customer_of_the_shop_keeps_its_number_and_one_without_gets_ours() -> None:
    set_up(automatic=True)
    customers = [
        Customer(link_id=UUID(int=1), customer_number="4711", last_name="Kern", source="shop"),
        Customer(link_id=UUID(int=2), last_name="Weiß", source="shop"),
    ]
    known, new = find_or_create_customers(actor=ANNA, customers=customers)
    known.refresh_from_db()
    new.refresh_from_db()
    assert (known.customer_number, new.customer_number) == ("4711", "K-0041")


def test_control_where_nothing_is_automatic_nobody_gets_one() -> None:
    set_up()
    assert person(is_customer=True).customer_number is None


def test_organisations_have_a_range_of_their_own() -> None:
    set_up(automatic=True)
    set_up("organisation", prefix="F", digits=3, next_number=7, automatic=True)
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    firm.refresh_from_db()
    assert firm.customer_number == "F007"


def test_many_at_once_get_one_each() -> None:
    set_up(automatic=True)
    rows = [{"last_name": f"Kern {n}", "is_customer": True} for n in range(120)]
    commands.create_persons(actor=ANNA, rows=rows)
    numbers = Person.objects.order_by("pk").values_list("customer_number", flat=True)
    assert list(numbers) == [f"K-{41 + n:04}" for n in range(120)]


def test_customers_who_came_with_thousands_of_numbers_stop_nobody() -> None:
    rows = [{"last_name": "Alt", "customer_number": f"K-{n:04}"} for n in range(41, 1_341)]
    with store.group(Side.CRM, "test"):
        store.create_many(ANNA, Person, rows)
    set_up(automatic=True)
    (new,) = find_or_create_customers(
        actor=ANNA, customers=[Customer(link_id=UUID(int=7), last_name="Neu")]
    )
    assert Person.objects.get(pk=new.pk).customer_number == "K-1341"


def test_where_no_number_is_left_a_customer_does_without_and_who_asks_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numbering, "TRIES", 0)
    set_up(automatic=True)
    made = person("Neu", is_customer=True)
    assert Person.objects.get(pk=made.pk).customer_number is None
    with pytest.raises(DomainError, match="all taken"):
        give_customer_number(actor=ANNA, holder=made)
