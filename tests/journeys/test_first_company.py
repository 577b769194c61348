"""A company begins: the check-list, colleagues, their log-in, a program, going live, a leaver.

One empty installation for all of it; each story makes its own people and asks nothing of the others.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kundenkreis.kernel.egress.tests.receivers import Receiver, receiver
from tests.journeys import console
from tests.journeys.outside import MailServer, Provider, provider, wait_until
from tests.journeys.running import Product, begun
from tests.journeys.staff import logged_in_as

pytestmark = pytest.mark.journey

CHEF, PASSWORD = "chef@firma.example", "korrekt-pferd-batterie"
INSIDE = "127.0.0.1/32"  # where the receiver of the test is, and nothing else of the house
API = Path(__file__).parents[2] / "docs" / "api.md"
TO_THE_CHECKLIST = "Mit der CRM-Checkliste einrichten"


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def company_login() -> Iterator[Provider]:
    with provider() as one:
        yield one


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, mails: MailServer, company_login: Provider
) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("company")
    settings = {
        "KUNDENKREIS_EGRESS_ALLOWED": INSIDE,
        **mails.settings,
        **company_login.settings,
    }
    with begun(folder / "home", folder / "log.txt", (CHEF, PASSWORD), settings) as product:
        yield product


@pytest.fixture
def chef(company: Product, browser: Browser) -> Iterator[Page]:
    page = logged_in_as(browser, company, CHEF, PASSWORD)
    yield page
    page.context.close()


def employed(chef: Page, staff: str, name: str, role: str) -> str:
    """Make somebody with a role; their number."""
    chef.goto(f"{staff}/crm/users/new/")
    chef.get_by_label("Name").fill(name)
    chef.get_by_label("E-Mail").fill(address_of(name))
    chef.get_by_role("button", name="Anlegen").click()
    chef.wait_for_url(re.compile(r"/crm/users/\d+/$"))
    chef.get_by_role("link", name="Rollen und Teams").first.click()
    chef.get_by_label(role, exact=True).check()
    chef.get_by_role("button", name="Speichern").click()
    chef.wait_for_url(re.compile(r"/crm/users/\d+/$"))
    return re.findall(r"\d+", chef.url)[-1]


def invited(chef: Page, staff: str, name: str, role: str) -> str:
    """Make somebody and invite them; the link that they get."""
    employed(chef, staff, name, role)
    chef.get_by_role("button", name="Einladen").click()
    chef.wait_for_url(re.compile("/invite/"))
    return chef.locator("pre.code").inner_text().strip()


def address_of(name: str) -> str:
    return f"{name.split()[0].lower()}@firma.example"


def joined(browser: Browser, link: str) -> Page:
    """Follow an invitation as its receiver: a password, the undertaking, the home page."""
    context = browser.new_context(locale="de-DE")
    console.listen(context)
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Zugang anlegen").click()
    undertake(page)
    return page


def undertake(page: Page) -> None:
    page.wait_for_url(re.compile("/account/undertaking/"))
    page.get_by_role("button", name="Ich verpflichte mich").click()
    page.wait_for_url(re.compile(r":\d+/$"))


def may(page: Page, staff: str, *paths: str) -> list[int]:
    return [page.request.get(f"{staff}{path}", max_redirects=0).status for path in paths]


def ask(
    staff: str, key: str, method: str, path: str, body: Any = None
) -> tuple[int, dict[str, Any]]:
    """The whole of a program that works with the API."""
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{staff}/api/v1/{path}", json.dumps(body).encode() if body else None, method=method,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def is_signed(secret: str, text: bytes) -> bool:
    """Whether a message is signed, checked by the lines that the documentation gives receivers."""
    head, _gap, body = text.partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    said = {name.lower(): value for name, _colon, value in lines}
    (lines_shown,) = re.findall(r"```python\n(.*?)```", API.read_text(), re.DOTALL)
    scope: dict[str, Any] = {}
    exec(lines_shown, scope)  # noqa: S102 - our own documentation
    return bool(scope["is_ours"](secret, said, body))


def test_a_company_sets_itself_up_invites_colleagues_connects_a_program_and_goes_live(
    company: Product, chef: Page, browser: Browser, mails: MailServer
) -> None:
    staff = company.staff
    set_up(chef)
    links = {
        name: invited(chef, staff, name, role)
        for name, role in (("Ben Brandt", "Vertrieb"), ("Mara Meier", "Marketing"))
    }
    expect(chef.get_by_text("liegt im Postausgang")).to_be_visible()
    ben, mara = (joined(browser, link) for link in links.values())
    both = "/crm/opportunities/", "/engage/segments/", "/operation/"
    assert may(ben, staff, *both) == [200, 403, 403]
    assert may(mara, staff, *both) == [403, 200, 403]
    for page in (ben, mara):
        page.context.close()
    with receiver() as erp:
        key, secret = connected(chef, staff, erp)
        status, made = ask(staff, key, "POST", "persons", {"last_name": "Kowalski"})
        assert status == 201
        assert ask(staff, key, "GET", f"persons/{made['id']}")[1]["last_name"] == "Kowalski"
        assert ask(staff, key, "GET", "organisations")[0] == 403  # the token does not reach so far
        expect_kept(chef, staff)
        assert (erp.heard, mails.mails) == ([], [])
        go_live(chef)
        wait_until(lambda: len(mails.mails) >= 2 and erp.heard)
        (told,) = [text for text in erp.heard if b"person" in text]
    assert {str(mail["To"]) for mail in mails.mails} >= {address_of(name) for name in links}
    assert any(links["Ben Brandt"] in mail.get_content() for mail in mails.mails)
    assert is_signed(secret, told)
    assert not is_signed(secret, told.replace(b"person", b"pers0n"))  # the control
    assert b"Kowalski" not in told  # it has no values; a program asks for them
    assert str(made["id"]) in told.decode()


def set_up(chef: Page) -> None:
    chef.get_by_role("link", name=TO_THE_CHECKLIST).click()
    chef.get_by_label("Wie heißt Ihre Firma?").fill("Musterbau GmbH")
    chef.get_by_label("Ein Onlineshop, der Aufträge meldet").uncheck()
    chef.get_by_role("button", name="Zeigen, was sich ändern würde").click()
    expect(chef.get_by_text("Name der Firma: Musterbau GmbH")).to_be_visible()
    chef.get_by_role("button", name="So einrichten").click()
    expect(chef.get_by_role("link", name="Musterbau GmbH")).to_be_visible()
    expect(chef.get_by_role("link", name=TO_THE_CHECKLIST)).to_have_count(0)


def connected(chef: Page, staff: str, erp: Receiver) -> tuple[str, str]:
    """A token for persons only, and a webhook; the key and the secret, which are shown once."""
    chef.goto(f"{staff}/crm/tokens/")
    chef.get_by_label("Name").fill("ERP")
    chef.get_by_label("Es darf").select_option("write")
    chef.get_by_label("Personen", exact=True).check()
    chef.get_by_role("button", name="Token anlegen").click()
    key = chef.locator("code.password").inner_text()
    chef.goto(f"{staff}/crm/webhooks/new/")
    chef.get_by_label("Name").fill("ERP")
    chef.get_by_label("Webadresse").fill(f"http://127.0.0.1:{erp.port}/in")
    chef.locator("form button.primary").last.click()
    return key, chef.locator("code.password").inner_text()


def expect_kept(chef: Page, staff: str) -> None:
    """On trial everything that would leave lies in the outbox, to be read."""
    chef.goto(f"{staff}/operation/outbox/")
    expect(chef.locator("main")).to_contain_text(address_of("Ben Brandt"))
    wait_until(lambda: "ERP" in (chef.reload(), chef.locator("main").inner_text())[1])


def go_live(chef: Page) -> None:
    chef.get_by_role("link", name="Echtbetrieb beginnen").click()
    for kind in ("mail", "webhooks"):
        chef.locator(f"input[name={kind}][value=send]").check()
    chef.get_by_role("button", name="Echtbetrieb beginnen").click()
    expect(chef.get_by_text("Diese Installation ist im Probebetrieb.")).to_have_count(0)


def test_staff_log_in_at_their_company_and_strangers_do_not(
    company: Product, chef: Page, browser: Browser, company_login: Provider
) -> None:
    employed(chef, company.staff, "Hanna Huber", "Vertrieb")
    for name in ("hanna", "stranger"):
        company_login.knows(name, email=f"{name}@firma.example", email_verified=True)
    ended = {}
    for name in ("hanna", "stranger"):
        context = browser.new_context(locale="de-DE")  # its own pages may complain
        page = context.new_page()
        page.goto(company.staff)
        page.get_by_role("button", name="Firmenkonto").click()
        page.wait_for_url(f"{company_login.address}/**")
        page.locator("input[name=sub]").fill(name)
        page.locator("button[type=submit], input[type=submit]").first.click()
        page.wait_for_url(f"{company.staff}/**")
        if name == "hanna":
            undertake(page)
        ended[name] = may(page, company.staff, "/crm/persons/")[0]
        context.close()
    assert ended == {"hanna": 200, "stranger": 302}  # the stranger: to the log-in


def test_who_leaves_is_out_at_once_and_what_was_theirs_goes_on(
    company: Product, chef: Page, browser: Browser
) -> None:
    staff = company.staff
    lea = joined(browser, invited(chef, staff, "Lea Lang", "Vertrieb"))
    number = re.findall(r"users/(\d+)", chef.url)[-1]
    lea.goto(f"{staff}/crm/persons/new/")
    lea.get_by_label("Nachname").fill("Wunderlich")
    lea.get_by_role("button", name="Anlegen").first.click()
    lea.wait_for_url(re.compile(r"/crm/persons/\d+/"))
    person = lea.url
    chef.goto(f"{staff}/crm/users/{number}/leaving/")
    expect(chef.locator("main")).to_contain_text(re.compile(r"Personen\s*1"))
    chef.get_by_label("Wer übernimmt").select_option(label="chef")
    chef.locator("form button.primary").last.click()
    chef.wait_for_url(f"{staff}/crm/users/{number}/")
    lea.goto(person)
    assert "/account/login/" in lea.url
    lea.context.close()
    chef.goto(person)
    expect(chef.locator("main")).to_contain_text("Wunderlich")
    chef.goto(f"{person}history/")
    expect(chef.locator("main")).to_contain_text("Lea Lang")
    chef.goto(f"{staff}/crm/persons/?owner=me")
    expect(chef.locator("main")).to_contain_text("Wunderlich")
