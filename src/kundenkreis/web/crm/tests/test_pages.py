from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.models import Product
from kundenkreis.crm.sales.order_commands import place_order
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import clock
from kundenkreis.kernel.conditions import Vocabulary
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records.lists import related
from kundenkreis.records.registry import TYPES
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.shell.middleware import PUBLIC
from kundenkreis.web.shell.navigation import navigation_for

pytestmark = pytest.mark.django_db(databases=BOTH)

CANARY = "<script>alert('kanarie')</script>\"'&<b>"
# Inline script, style or handler: our content security policy forbids them all.
FORBIDDEN = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|<[^>]*\s(?:style|on\w+)\s*=", re.I
)


def addresses(company: Company) -> list[str]:
    """Every page of the crm that a GET answers."""
    found = ["/"]
    for kind in TYPES.values():
        if kind.side != "crm":
            continue
        found.append(kind.url())
        if "create" in kind.actions:
            found += [kind.url("new")]
        if "import" in kind.actions:
            found += [kind.url("import")]
        if kind.board:
            found += [kind.url("board")]
    found += [
        f"/crm/persons/{company.person.pk}/",
        f"/crm/organisations/{company.firm.pk}/",
        f"/crm/opportunities/{company.opportunity.pk}/",
        f"/crm/users/{company.anna.pk}/",
    ]
    return found


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_shows_every_page_in_both_languages(
    company: Company, anna: Client, language: str
) -> None:
    anna.post("/preferences/language/", {"language": language})
    for address in addresses(company):
        answer = anna.get(address)
        assert answer.status_code == 200, address
        assert f'lang="{language}"' in answer.text, address
        assert not FORBIDDEN.search(answer.text), address


def test_s06_it_shows_text_as_text_wherever_it_comes_from(company: Company, anna: Client) -> None:
    firm = people.create_organisation(
        actor=SYSTEM, name=CANARY, industry=CANARY, source=CANARY, country=CANARY
    )
    person = people.create_person(
        actor=SYSTEM, first_name=CANARY, source=CANARY, organisation=firm, function=CANARY
    )
    add_activity(actor=SYSTEM, about=person, text=CANARY)
    sales.create_opportunity(actor=SYSTEM, title=CANARY, organisation=firm, source=CANARY)
    for user in (company.anna, company.ben):
        User.objects.filter(pk=user.pk).update(name=CANARY)
    pages = [
        *addresses(company),
        f"/crm/persons/{person.pk}/",
        f"/crm/organisations/{firm.pk}/",
        f"/crm/organisations/{firm.pk}/edit/industry/",
        f"/crm/opportunities/new/?organisation={firm.pk}&title=%3Cscript%3Ealert",
        "/crm/persons/?q=%3Cscript%3Ealert&source=%3Cb%3E",
        "/crm/organisations/suggestions/?q=%3Cscript",
    ]
    for address in pages:
        text = anna.get(address).text
        assert "<script>alert" not in text, address
        assert "<b>" not in text, address
        assert not FORBIDDEN.search(text), address
    assert "&lt;script&gt;alert" in anna.get(f"/crm/persons/{person.pk}/").text


@pytest.mark.parametrize(
    "text", ["%00", "a%00b", "%F0%9F%98%80", "%25", "_", "\\", "%27%3B--", "x" * 500]
)
def test_it_searches_and_filters_for_anything_without_breaking(
    company: Company, anna: Client, text: str
) -> None:
    for address in ("/crm/persons/", "/crm/opportunities/board/", "/crm/orders/"):
        query = f"q={text}&source={text}&owner_id={text}&sort={text}&after={text}&where={text}"
        assert anna.get(f"{address}?{query}&group={text}&fold={text}").status_code == 200
    for group in ("source", "owner_id", "tags", f"changed_at:{text}"):
        query = f"group={group}&fold={text}&before={text}.{text}&tags={text}"
        assert anna.get(f"/crm/persons/?{query}").status_code == 200
        assert anna.get(f"/crm/persons/totals/?{query}").status_code == 200
    assert anna.get(f"/crm/persons/words/tags/?tags=a,{text}").status_code == 200
    assert anna.get(f"/crm/organisations/suggestions/?organisation={text}").status_code == 200
    data = {"last_name": "Kern", "organisation": unquote(text), "source": unquote(text)}
    assert anna.post("/crm/persons/new/", data).status_code in (302, 422)
    note = anna.post(f"/crm/person/{company.person.pk}/activities/", {"text": unquote(text)})
    assert note.status_code in (200, 422)


def test_it_shows_nothing_without_a_log_in(company: Company) -> None:
    for pattern in _patterns(get_resolver()):
        address = "/" + re.sub(r"<(\w+:)?\w+>", "1", pattern)
        if address.startswith(PUBLIC) or "(" in address:
            continue
        answer = Client().get(address)
        if address.startswith("/api/"):  # a program is told, not led
            assert answer.status_code == 401, address
            continue
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/account/login/"), address


def _patterns(resolver: Any, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, route)
        elif isinstance(one, URLPattern):
            yield route


def test_it_refuses_carla_every_write_and_changes_nothing(company: Company, carla: Client) -> None:
    entries = AuditEntry.objects.using("default").count()
    person, firm, opportunity = company.person.pk, company.firm.pk, company.opportunity.pk
    detail = company.person.contact_details.get().pk
    writes: list[tuple[str, dict[str, str]]] = [
        ("/crm/persons/new/", {"last_name": "Neu"}),
        ("/crm/organisations/new/", {"name": "Neu", "currency": "EUR"}),
        (f"/crm/persons/{person}/edit/last_name/", {"last_name": "Neu", "version": "1"}),
        (f"/crm/persons/{person}/remove/", {}),
        (f"/crm/person/{person}/activities/", {"text": "x"}),
        (f"/crm/person/{person}/draft/", {"text": "x"}),
        (f"/crm/person/{person}/contact-details/", {"kind": "email", "value": "x@example.org"}),
        (f"/crm/contact-details/{detail}/remove/", {}),
        (f"/crm/contact-details/{detail}/change/", {"value": "x@example.org"}),
        (f"/crm/persons/{person}/affiliations/", {"organisation": "Bergmann Optik GmbH"}),
        (f"/crm/organisations/{firm}/next-step/", {"next_step": "x", "next_step_on": "2027-01-01"}),
        (f"/crm/organisations/{firm}/next-step/later/", {"days": "3"}),
        (f"/crm/organisations/{firm}/next-step/done/", {}),
        (f"/crm/opportunities/{opportunity}/move/", {"column": str(company.stages["won"].pk)}),
        (
            "/crm/persons/import/",
            {"text": "last name\nNeu\n", "step": "run", "column": "last_name"},
        ),
    ]
    for address, data in writes:
        answer = carla.post(address, data)
        assert answer.status_code in (403, 404), address
    assert AuditEntry.objects.using("default").count() == entries
    assert (Person.objects.count(), Organisation.objects.count()) == (1, 1)


def test_it_shows_carla_no_record_at_all(company: Company, carla: Client) -> None:
    for address in addresses(company):
        answer = carla.get(address)
        if address == "/":
            assert "Bergmann" not in answer.text
        else:
            assert answer.status_code in (403, 404), address


def test_it_shows_each_user_the_navigation_of_their_rights(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    for user, sees_operation in ((company.anna, True), (company.ben, False)):
        page = logged_in(user)
        assert ('href="/operation/"' in page.get("/").text) is sees_operation
        for group in navigation_for(viewer_of(user), "/"):
            for item in group.items:
                assert page.get(item.url).status_code == 200, item.url


def fill(count: int) -> None:
    for number in range(count):
        firm = people.create_organisation(actor=SYSTEM, name=f"Firma {number}", owner_id=1)
        people.create_person(
            actor=SYSTEM, last_name=f"Person {number}", email=f"p{number}@example.org",
            organisation=firm, owner_id=1,
        )  # fmt: skip
        sales.create_opportunity(
            actor=SYSTEM, title=f"Chance {number}", organisation=firm, owner_id=2, value_minor=100
        )


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_it_asks_the_database_the_same_number_of_questions_however_much_there_is(
    company: Company, anna: Client
) -> None:
    pages = {
        "/crm/persons/": 14,
        "/crm/organisations/": 13,
        "/crm/opportunities/": 14,
        "/crm/opportunities/board/": 16,
        "/crm/orders/": 11,
        f"/crm/persons/{company.person.pk}/": 29,
        f"/crm/organisations/{company.firm.pk}/": 29,
        "/": 13,
    }
    for address in pages:
        anna.get(address)
    fill(2)
    few = {address: queries(anna, address) for address in pages}
    fill(50)
    many = {address: queries(anna, address) for address in pages}
    assert many == few
    assert many == pages, many


def test_an_order_leads_to_its_products_whoever_may_see_them(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    line = NewLine.priced(
        sku="T1", name="Tasse", quantity=Decimal(1), unit_price=Decimal(5), currency="EUR"
    )
    order = place_order(
        actor=SYSTEM,
        order=NewOrder("outlet", "A1", clock.now(), 500, 95, 595, "EUR", (line,)),
    )
    product = Product.objects.get()
    way = f'<a href="/crm/products/{product.pk}/">Tasse</a>'
    assert way in anna.get(f"/crm/orders/{order.pk}/").content.decode()
    for address in ("/crm/products/", f"/crm/products/{product.pk}/"):
        assert "outlet" in anna.get(address).content.decode()
    way_back = f'<a href="/crm/orders/{order.pk}/">A1</a>'
    assert way_back in anna.get(f"/crm/products/{product.pk}/").content.decode()
    accounts.create_user(
        actor=SYSTEM, email="m@example.org", name="Mara", roles=["marketing"], language="en"
    )
    mara = logged_in(User.objects.get(name="Mara"))
    page = mara.get(f"/crm/orders/{order.pk}/").content.decode()
    assert "Tasse" in page
    assert way not in page


def test_no_two_ways_to_related_records_are_called_the_same() -> None:
    for kind in TYPES.values():
        ways = related.relations(kind, SYSTEM, lambda other, _viewer: Vocabulary(other.name))
        names = [str(way.label) for way in ways]
        assert len(set(names)) == len(names), kind.name
