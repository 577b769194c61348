"""S18: nobody is sent to another site, whatever an address or a form names as the way back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.shell import undertaking
from tests.attack import asking
from tests.rights.company import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

PASSWORD = "drei bunte Vögel"
TRICKS = (
    "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example/", "////evil.example",
    "/\\evil.example/", "\\\\evil.example/", "\\/evil.example", "/\t/evil.example/", "/\n/evil.example",
    "\t//evil.example/", " //evil.example/", "\x00//evil.example/", "https:evil.example", "https:/evil.example",
    "https:///evil.example", "https:\\\\evil.example", "HtTpS://evil.example", "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "//testserver@evil.example/", "https://testserver.evil.example/",
    "https://testserver:80@evil.example/", "//evil.example\\@testserver/", "//evil%E3%80%82example/",
    "https://evil.example#testserver", "//[::ffff:8.8.8.8]/", "/%0d%0aLocation:%20https://evil.example",
    "//evil.example?testserver", "ftp://evil.example/",
)  # fmt: skip
MANY = 25
BACK = ("next", "url", "to", "target", "back", "return_to", "redirect", "continue", "from", "trip")


def as_browsers_do(location: str, page: str = "http://testserver/crm/x/") -> str:
    """Where a browser goes by a `Location`: it drops what is no letter, and takes \\ for /."""
    text = "".join(
        one for one in location.strip("".join(map(chr, range(33)))) if one not in "\t\r\n"
    )
    return urljoin(page, text.replace("\\", "/"))


def leads_away(answer: Any) -> str:
    """The other site that an answer sends somebody to, by any header."""
    for name in ("Location", "HX-Redirect", "HX-Location", "Refresh", "Content-Location"):
        if name in answer.headers:
            there = as_browsers_do(answer.headers[name])
            if urlsplit(there).scheme != "http" or urlsplit(there).netloc != "testserver":
                return f"{name}: {answer.headers[name]!r}"
    return ""


def test_s18_there_are_enough_tricks_and_a_naive_page_falls_for_most() -> None:
    """The control: a page that believes what it is told leads away by nearly all of them."""
    assert len(set(TRICKS)) >= MANY
    away = 0
    for trick in TRICKS:
        answer = HttpResponse(status=302)
        try:
            answer["Location"] = trick
        except ValueError:  # no header has a line break
            continue
        away += bool(leads_away(answer))
    assert away >= MANY - 5


def test_s18_no_page_leads_away_by_any_parameter(firm: Company, anna: Client) -> None:
    tricks, wrong, asked = cycle(TRICKS), [], 0
    names = sorted({*asking.parameters(), *BACK})
    for _one, said, address in asking.pages(firm):
        client = Client() if said.scope == "public" else anna
        trick = next(tricks)
        answer = client.get(address, dict.fromkeys(names, trick))
        asked += 1
        for found in (answer, client.get(address, {"next": trick})):
            if away := leads_away(found):
                wrong.append(f"{address} {trick!r}: {away}")
    assert wrong == []
    assert asked > 100


def forms() -> Iterator[tuple[str, dict[str, str]]]:
    yield "/preferences/language/", {"language": "en"}
    yield "/account/logout/", {}
    yield "/account/login/", {"login": "hanna@example.org", "password": PASSWORD}


@pytest.mark.parametrize("in_address", [True, False], ids=["in the address", "in the form"])
def test_s18_no_form_leads_away(in_address: bool) -> None:
    accounts.create_shipped_roles(actor=SYSTEM)
    accounts.create_user(
        actor=SYSTEM, name="Hanna", email="hanna@example.org", password=PASSWORD,
        roles=["administrator"],
    )  # fmt: skip
    wrong = []
    for trick in TRICKS:
        for address, form in forms():
            client = Client()
            if address == "/account/logout/":
                client.login(email="hanna@example.org", password=PASSWORD)
            if in_address:
                answer = client.post(address, form, query_params={"next": trick})
            else:
                answer = client.post(address, {**form, "next": trick})
            if away := leads_away(answer):
                wrong.append(f"{address} {trick!r}: {away}")
    assert wrong == []
    answer = Client().post("/account/login/", {**form, "next": "/crm/persons/"})
    assert answer["Location"] == "/crm/persons/"  # the control: pages of ours are gone to


def test_s18_after_what_is_owed_it_goes_on_to_pages_of_ours_only(rf: RequestFactory) -> None:
    for trick in TRICKS:
        there = HttpResponse(status=302, headers={"Location": undertaking.after(_asks(rf, trick))})
        assert leads_away(there) == ""
    assert undertaking.after(_asks(rf, "/crm/persons/")) == "/crm/persons/"


def _asks(rf: RequestFactory, trick: str) -> Any:
    request: HttpRequest = rf.get("/account/undertaking/", {"next": trick})
    return request


def test_s18_slashes_in_front_of_an_address_lead_nowhere(anna: Client) -> None:
    for path in islice(TRICKS, MANY):
        if path.startswith("/"):
            assert leads_away(anna.get(path)) == ""
    for path in (
        "//evil.example/crm/persons",
        "//evil.example",
        "/\\evil.example",
        "//evil.example/%2e%2e",
    ):
        for client in (anna, Client()):
            assert leads_away(client.get(path)) == ""


@override_settings(
    ROOT_URLCONF="kundenkreis.config.urls_edge",
    MIDDLEWARE=["django.middleware.locale.LocaleMiddleware", "django.middleware.common.CommonMiddleware"],
)  # fmt: skip
def test_s18_the_public_side_leads_nobody_away_either() -> None:
    for trick in TRICKS:
        for form in ({"language": "en", "next": trick}, {"language": "en"}):
            for referer in ("", "https://evil.example/x"):
                headers = {"Referer": referer} if referer else {}
                answer = Client().post("/i18n/setlang/", form, headers=headers)
                assert leads_away(answer) == "", (trick, referer)
