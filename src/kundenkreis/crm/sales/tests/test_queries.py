from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.contact_commands import add_affiliation
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.sales import queries
from kundenkreis.crm.sales.order_commands import cancel_order, place_order
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, CARLA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

BERLIN = ZoneInfo("Europe/Berlin")


def order(person: Person, number: str, at: datetime, net: int, currency: str = "EUR") -> None:
    new = NewOrder(
        source="shop",
        number=number,
        placed_at=at,
        net_minor=net,
        tax_minor=0,
        gross_minor=net,
        currency=currency,
        person_id=person.pk,
    )
    place_order(actor=ANNA, order=new)


@pytest.fixture
def person() -> Person:
    return people.create_person(actor=ANNA, last_name="Weiß")


def test_it_counts_revenue_by_month_in_the_companys_zone(person: Person) -> None:
    # Half past midnight in Berlin on 1 March is still February in UTC.
    order(person, "1", datetime(2026, 3, 1, 0, 30, tzinfo=BERLIN), 700)
    order(person, "2", datetime(2026, 2, 28, 23, 30, tzinfo=BERLIN), 300)
    with clock.freeze("2026-11-21T12:00:00Z"):
        months = dict(queries.business(ANNA, person).by_month)
    assert len(months) == 12
    assert {day.month: minor for day, minor in months.items() if minor} == {2: 300, 3: 700}
    first, last = min(months), max(months)
    assert ((first.year, first.month), (last.year, last.month)) == ((2025, 12), (2026, 11))


def test_it_leaves_cancelled_orders_out_and_compares_with_the_year_before(person: Person) -> None:
    order(person, "1", datetime(2026, 11, 1, tzinfo=BERLIN), 1000)
    order(person, "2", datetime(2025, 10, 1, tzinfo=BERLIN), 500)
    order(person, "3", datetime(2026, 11, 2, tzinfo=BERLIN), 9000)
    cancel_order(actor=ANNA, source="shop", number="3", at=datetime(2026, 11, 3, tzinfo=BERLIN))
    with clock.freeze("2026-11-21T12:00:00Z"):
        found = queries.business(ANNA, person)
    assert (found.count, found.revenue.minor, found.before) == (2, 1000, 500)


def test_it_counts_an_order_of_a_firms_person_once_for_the_firm(person: Person) -> None:
    firm = people.create_organisation(actor=ANNA, name="Bergmann")
    for function in ("Einkauf", "Geschäftsführung"):  # two roles, still one order
        add_affiliation(actor=ANNA, person=person, organisation=firm, function=function)
    order(person, "1", datetime(2026, 11, 1, tzinfo=BERLIN), 1000)
    with clock.freeze("2026-11-21T12:00:00Z"):
        assert queries.business(ANNA, firm).revenue.minor == 1000
        assert queries.business(CARLA, firm).count == 0
