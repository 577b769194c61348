"""A passkey is made, and then lets its owner in without a password: in a real browser, with the
virtual authenticator of Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kundenkreis.demo.launch import LOGINS, PASSWORD
from tests.journeys import console
from tests.journeys.running import Product, running

pytestmark = pytest.mark.journey

# Browsers allow passkeys for names, and for no number.
NAMED = {"KUNDENKREIS_INNER_HOST": "localhost", "KUNDENKREIS_EDGE_HOST": "127.0.0.1"}


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Product]:
    with running(tmp_path / "home", tmp_path / "log.txt", NAMED) as product:
        yield product


def authenticator(page: Page) -> None:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_lets_in_without_a_password(named: Product, browser: Browser) -> None:
    staff = named.staff
    context = browser.new_context(locale="de-DE")
    console.listen(context)
    page = context.new_page()
    authenticator(page)
    page.goto(f"{staff}/account/login/")
    page.get_by_label("E-Mail").fill(LOGINS[0][0])
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_url(f"{staff}/")
    page.goto(f"{staff}/account/factor/")
    page.get_by_role("link", name="Passkey hinzufügen").click()
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()
    page.get_by_label("Name").fill("Mein Gerät")
    page.get_by_role("button", name="Passkey anlegen").click()
    page.wait_for_url(re.compile("/account/factor/codes/"))
    page.goto(f"{staff}/account/factor/")
    expect(page.get_by_text("Mein Gerät")).to_be_visible()
    context.clear_cookies()
    page.goto(f"{staff}/account/login/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url(f"{staff}/")
    # The password alone does not suffice any more; the passkey confirms it.
    context.clear_cookies()
    page.goto(f"{staff}/account/login/")
    page.get_by_label("E-Mail").fill(LOGINS[0][0])
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_url(re.compile("/account/factor/confirm/"))
    page.get_by_role("button", name="Passkey verwenden").click()
    page.wait_for_url(f"{staff}/")
    context.close()
