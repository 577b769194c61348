"""Customers on a map: narrowed to a circle, looked at closer, laid over, and by the keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.running import Product
from tests.journeys.staff import PHONE, logged_in

pytestmark = pytest.mark.journey


def test_customers_within_a_circle_are_found_on_the_map(product: Product, anna: Page) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.goto(f"{product.staff}/crm/organisations/")
    anna.get_by_role("navigation", name="Darstellung").get_by_role("link", name="Karte").click()
    anna.wait_for_url("**/crm/organisations/map/")
    expect(anna.locator("kk-map[data-ready] .map-dot").first).to_be_visible()
    states = anna.get_by_role("region", name="Nach Bundesland")
    expect(states.get_by_role("link", name="Sachsen", exact=True)).to_be_visible()

    anna.get_by_role("button", name="Filter", exact=True).click()
    dialog = anna.get_by_role("dialog", name="Filter")
    dialog.get_by_label("Bedingung", exact=True).select_option(label="Nahe einem Ort oder Kunden")
    dialog.get_by_label("um Ort, Postleitzahl oder Kunde").fill("Atlantis")
    expect(dialog.locator("output")).to_contain_text("Atlantis")
    dialog.get_by_label("um Ort, Postleitzahl oder Kunde").fill("07743 Jena")
    dialog.get_by_label("im Umkreis von (km)").fill("60")
    expect(dialog.locator("output")).to_contain_text("Datens")
    dialog.get_by_role("button", name="Anzeigen").click()
    anna.wait_for_url("**/crm/organisations/map/?*")
    expect(anna.get_by_text("höchstens 60 km von 07743 Jena")).to_be_visible()
    expect(states.get_by_role("link", name="Thüringen", exact=True)).to_be_visible()
    expect(states.get_by_role("link", name="Sachsen", exact=True)).to_have_count(0)

    anna.get_by_role("button", name="Dichte").click()
    expect(anna.locator(".map-dot")).to_have_count(0)
    anna.get_by_role("button", name="Dichte").click()
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []

    # One that stands alone leads to its record, by the keyboard as well.
    one = anna.locator(".map-dot.one").first
    expect(one).to_be_visible()
    name = one.get_attribute("aria-label") or "?"
    one.focus()
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("heading", level=1)).to_contain_text(name)
    expect(anna.locator("#near-panel")).to_contain_text("In der Nähe")
    assert said == []


def test_the_map_fits_a_phone(product: Product, browser: Browser) -> None:
    page = logged_in(browser, product, size=PHONE, theme="dark")
    page.goto(f"{product.staff}/crm/persons/map/")
    expect(page.locator("kk-map[data-ready] .map-dot").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Thüringen", exact=True).click()
    expect(page.get_by_text("Thüringen").first).to_be_visible()
    page.context.close()
