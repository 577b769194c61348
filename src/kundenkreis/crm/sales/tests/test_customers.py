"""The orders of a firm and its people: on its page, and all of them in the list it leads to."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.panels import orders_panel
from kundenkreis.crm.sales.records import ORDER
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records.lists.listing import listing

pytestmark = pytest.mark.django_db(databases=BOTH)


def order(number: int, person: Person | None = None, firm: Organisation | None = None) -> None:
    now = clock.now()
    Order.objects.create(
        number=str(number), source="shop", placed_at=now, created_at=now, changed_at=now,
        net_minor=100, tax_minor=19, gross_minor=119, currency="EUR", person=person,
        organisation=firm,
    )  # fmt: skip


@pytest.fixture
def firm() -> Organisation:
    firm = people.create_organisation(actor=SYSTEM, name="Hafner")
    jana = people.create_person(actor=SYSTEM, last_name="Jana", organisation=firm)
    secret = people.create_person(actor=SYSTEM, last_name="Z", organisation=firm, owner_id=99)
    other = people.create_organisation(actor=SYSTEM, name="Andere")
    Person.objects.filter(pk=jana.pk).update(owner_id=7)
    for number in range(4):
        order(number, jana)
    order(10, firm=firm), order(11, jana, firm), order(12, firm=other), order(13, secret)
    return firm


def numbers(viewer: Viewer, firm: Organisation) -> tuple[str, list[str]]:
    panel = orders_panel(viewer, firm)
    assert panel is not None
    found = listing(ORDER, viewer, QueryDict(panel["all_url"].partition("?")[2]), "/")
    assert [chip.label for chip in found.filters.chips] == ["Firm or its people: Hafner"]
    assert panel["all_url"].startswith("/crm/orders/?")
    return panel["number"], found.figures.counted.number


def test_the_way_to_all_shows_as_many_as_the_page_counts(firm: Organisation) -> None:
    assert numbers(ANNA, firm) == ("7", 7)


def test_who_works_there_is_not_given_away_by_their_orders(firm: Organisation) -> None:
    grants = dict.fromkeys(("crm.order.read", "crm.organisation.read"), Level.ALL)
    grants["crm.person.read"] = Level.OWN
    assert numbers(Viewer("Ute", user_id=7, grants=grants), firm) == ("6", 6)
