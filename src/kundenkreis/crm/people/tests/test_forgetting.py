"""A person of whom nothing was heard is forgotten, unless something still rests on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kundenkreis.crm.people import commands, contact_commands, customer_commands
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.order_commands import place_order
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import CRM, SYSTEM

pytestmark = pytest.mark.django_db(databases=CRM)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def make_person(**values: Any) -> Person:
    return commands.create_person(
        actor=SYSTEM, last_name="Weiß", email="jana@example.org", **values
    )


def test_a_person_of_whom_nothing_was_heard_goes_with_their_addresses(clock: FrozenClock) -> None:
    make_person()
    clock.advance(days=3 * 365)
    forget(Side.CRM)
    assert Person.objects.count() == 1
    clock.advance(days=2)
    forget(Side.CRM)
    assert not Person.objects.exists()
    assert not ContactDetail.objects.exists()


def employ(person: Person) -> None:
    firm = commands.create_organisation(actor=SYSTEM, name="Bergmann Optik GmbH")
    contact_commands.add_affiliation(actor=SYSTEM, person=person, organisation=firm)


def sell(person: Person) -> None:
    sales.ship_pipeline(actor=SYSTEM)
    sales.create_opportunity(actor=SYSTEM, title="Lasermesskopf", person=person)


def order(person: Person) -> None:
    amounts = {"net_minor": 100, "tax_minor": 19, "gross_minor": 119, "currency": "EUR"}
    new = NewOrder(
        source="shop", number="1", placed_at=person.created_at, person_id=person.pk, **amounts
    )  # type: ignore[arg-type]
    place_order(actor=SYSTEM, order=new)


def link(person: Person) -> None:
    customer_commands.link_person(actor=SYSTEM, person_id=person.pk)


@pytest.mark.parametrize("bind", [employ, sell, order, link])
def test_a_person_on_whom_something_rests_stays(
    bind: Callable[[Person], None], clock: FrozenClock
) -> None:
    bind(make_person())
    clock.advance(days=4000)
    forget(Side.CRM)
    assert Person.objects.count() == 1


def test_what_happened_last_counts(clock: FrozenClock) -> None:
    person = make_person()
    clock.advance(days=1000)
    add_activity(actor=SYSTEM, about=person, text="Called")
    clock.advance(days=1000)
    forget(Side.CRM)
    assert Person.objects.count() == 1
    clock.advance(days=100)
    forget(Side.CRM)
    assert not Person.objects.exists()


def test_a_person_with_something_planned_stays(clock: FrozenClock) -> None:
    make_person(next_step="Call", next_step_on=clock.instant.date())
    clock.advance(days=4000)
    forget(Side.CRM)
    assert Person.objects.count() == 1
