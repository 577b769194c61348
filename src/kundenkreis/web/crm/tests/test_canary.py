"""A canary's name appears in no answer to somebody who may not read persons and organisations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import product
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import get_resolver

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.models import Opportunity, Order
from kundenkreis.crm.sales.order_commands import place_order
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import access, clock, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.crm.tests.test_pages import _patterns

pytestmark = pytest.mark.django_db(databases=BOTH)

CANARY = "Kanarien"
READS = {f"crm.{name}.{what}": "all" for name in ("order", "opportunity") for what in ("*",)}


@pytest.fixture
def clerk(company: Company, logged_in: Callable[[User], Client]) -> Client:
    """Somebody who may do everything with orders and opportunities, and nothing else."""
    with store.group(Side.CRM, "test"):
        store.create(SYSTEM, Role, slug="clerk", label={"en": "Clerk"}, grants=READS)
    user = accounts.create_user(
        actor=SYSTEM, email="clerk@example.org", name="Clara Clerk", password="drei bunte Vögel",
        roles=["clerk"], language="en",
    )  # fmt: skip
    firm = people.create_organisation(actor=SYSTEM, name=f"{CANARY}firma AG")
    person = people.create_person(
        actor=SYSTEM, first_name="Karl", last_name=f"{CANARY}vogel", organisation=firm,
        email=f"{CANARY}@example.org",
    )  # fmt: skip
    soon = clock.now().date()
    sale = sales.create_opportunity(
        actor=SYSTEM, title="Lasermesskopf", person=person, organisation=firm, owner_id=user.pk,
        expected_on=soon, next_step="Call", next_step_on=soon, value_minor=100,
    )  # fmt: skip
    add_activity(actor=SYSTEM, about=sale, text="Called")
    for number, values in (("A1", {"person_id": person.pk}), ("A2", {})):
        order = NewOrder(
            source="shop", number=number, placed_at=clock.now(), net_minor=1, tax_minor=0,
            gross_minor=1, currency="EUR", **values,
        )  # type: ignore[arg-type]  # fmt: skip
        place_order(actor=SYSTEM, order=order)
    store_of_firm(firm)
    return logged_in(user)


def store_of_firm(firm: Organisation) -> None:
    with store.group(Side.CRM, "test"):
        store.change(SYSTEM, Order.objects.get(number="A2"), organisation=firm)


def addresses() -> Iterator[str]:
    """Every address of the product, for every record there is."""
    ids = {
        one.pk
        for model in (Person, Organisation, Opportunity, Order)
        for one in model._default_manager.filter(pk__gt=0)
    }
    fills = {"pk": sorted(ids), "name": ["person", "organisation", "title", "lost_reason"]}
    fills["slug"] = ["order", "opportunity", "person", "organisation"]
    for pattern in _patterns(get_resolver()):
        if "(" in pattern or pattern.startswith("static"):
            continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
        for values in product(*(fills.get(name, [1]) for name in names)):
            filled = iter(values)
            yield "/" + re.sub(r"<[^>]+>", lambda _: str(next(filled)), pattern)  # noqa: B023
    yield from queries()


def queries() -> Iterator[str]:
    """Lists, boards and files, searched, sorted and filtered."""
    person, firm = Person.objects.get(last_name__startswith=CANARY), Organisation.objects.last()
    assert firm is not None
    asked: list[dict[str, object]] = [{"sort": "organisation"}, {"sort": "customer"}]
    for name, record in (("person", person), ("organisation", firm)):
        tree = {"type": "compare", "field": name, "op": "is", "value": record.pk}
        where = json.dumps({"v": 1, "where": tree})
        asked += [{name: record.pk}, {"where": where}, {"q": "Karl"}, {"group": name}]
    for place in ("", "board/", "export.csv", "filter/", "new/", "suggestions/", "totals/"):
        for slug in ("orders", "opportunities"):
            yield from (f"/crm/{slug}/{place}?{urlencode(query)}" for query in asked)


def body(client: Client, address: str) -> str:
    answer = client.get(address, headers={"HX-Request": "true"} if "?" in address else {})
    content = answer.getvalue() if answer.streaming else answer.content
    return f"{answer.headers} {content.decode(errors='replace')}"


def nothing_sings(client: Client) -> None:
    seen = 0
    for address in addresses():
        text = body(client, address)
        assert CANARY.lower() not in text.lower(), address
        seen += "Lasermesskopf" in text or "A1" in text
    assert seen > 10


def test_the_canary_sings_for_whom_may_read_persons(clerk: Client, anna: Client) -> None:
    for address in ("/", "/crm/orders/", "/crm/orders/export.csv", "/crm/opportunities/board/"):
        assert CANARY in body(anna, address), address


def test_the_canary_is_silent_for_whom_may_read_only_orders_and_opportunities(
    clerk: Client,
) -> None:
    nothing_sings(clerk)


def test_a_read_door_that_let_it_sing_would_be_noticed(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "readable", lambda viewer, rows: rows)
    with pytest.raises(AssertionError):
        nothing_sings(clerk)
