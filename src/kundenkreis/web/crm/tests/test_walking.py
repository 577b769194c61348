"""Previous and next within the list somebody came from; a record beside the page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def linked(page: str, label: str) -> str:
    """Where a button of the title bar leads; empty without one."""
    found = re.search(rf'href="([^"]*)"[^>]*aria-label="{label}"', page)
    return html.unescape(found[1]) if found else ""


def heading(page: str) -> str:
    found = re.search(r"<h1>([^<]*)</h1>", page)
    assert found is not None
    return found[1].strip()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["A", "B", "Bergmann Optik GmbH", "C", "D", "E"]),
        ("?sort=-name", ["E", "D", "C", "Bergmann Optik GmbH", "B", "A"]),
        ("?country=Schweiz&sort=-employees", ["E", "C", "A"]),
        ("?sort=employees", ["A", "B", "C", "D", "E", "Bergmann Optik GmbH"]),
        ("?q=schweiz", []),
    ],
)
def test_one_walks_through_exactly_the_list_one_came_from(
    company: Company, anna: Client, query: str, expected: list[str]
) -> None:
    for number, name in enumerate("ABCDE"):
        country = "Schweiz" if number % 2 == 0 else "Österreich"
        people.create_organisation(actor=SYSTEM, name=name, country=country, employees=number)
    listed = anna.get(f"/crm/organisations/{query}").text
    first = re.search(r'<tr data-url="([^"]*)"', listed)
    seen, address = [], html.unescape(first[1]) if first else ""
    while address and len(seen) < 10:
        page = anna.get(address).text
        if seen:
            assert heading(anna.get(linked(page, "Previous record")).text) == seen[-1]
        else:
            assert linked(page, "Previous record") == ""
        seen.append(heading(page))
        assert html.escape(f'"/crm/organisations/{query}"').replace("&quot;", '"') in page
        address = linked(page, "Next record")
    assert seen == expected


def test_one_never_walks_to_what_one_may_not_read(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    Role.objects.filter(slug="sales").update(grants={"crm.organisation.read": "own"})
    own = [
        people.create_organisation(actor=SYSTEM, name=name, owner_id=owner)
        for name, owner in (("A", company.ben.pk), ("B", company.anna.pk), ("C", company.ben.pk))
    ]
    page = logged_in(company.ben).get(f"/crm/organisations/{own[0].pk}/?in=").text
    assert linked(page, "Next record").startswith(f"/crm/organisations/{own[2].pk}/")


@pytest.mark.parametrize("query", ["sort=nothing", "after=x", "where={", "q=%00", "x" * 2000])
def test_an_address_that_names_no_list_harms_nobody(
    company: Company, anna: Client, query: str
) -> None:
    answer = anna.get(f"/crm/organisations/{company.firm.pk}/", {"in": query})
    assert answer.status_code == 200


def test_a_record_is_shown_beside_another_page_and_by_itself_it_is_a_page(
    company: Company, anna: Client, carla: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/panel/"
    beside = anna.get(address, headers={"HX-Request": "true"}).text
    assert "<dialog" in beside
    assert "Jana Weiß" in beside
    assert "<html" not in beside
    assert anna.get(address)["Location"] == f"/crm/persons/{company.person.pk}/"
    assert carla.get(address, headers={"HX-Request": "true"}).status_code == 404
    assert Organisation.objects.count() == 1
