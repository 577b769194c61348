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
    expect(states.get_by_role("link", name="Bayern", exact=True)).to_be_visible()

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
    expect(states.get_by_role("link", name="Bayern", exact=True)).to_have_count(0)

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


def test_an_area_is_drawn_changed_and_kept_as_a_territory(product: Product, anna: Page) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.goto(f"{product.staff}/crm/organisations/map/")
    expect(anna.locator("kk-map[data-ready] .map-dot").first).to_be_visible()
    anna.get_by_role("button", name="Fläche zeichnen").click()
    count = anna.locator("#drawing output")
    box = anna.locator(".map-canvas").bounding_box()
    assert box is not None
    for across, down in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8)):
        anna.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    expect(count).to_have_text("3 Ecken")

    # The rest by the keyboard: a corner in the middle, moved, taken away, and back again.
    anna.locator(".map-canvas").focus()
    anna.keyboard.press("Enter")
    expect(count).to_have_text("4 Ecken")
    last = anna.get_by_role("button", name="Ecke 4")
    last.focus()
    before = last.get_attribute("aria-label")
    anna.keyboard.press("ArrowLeft")
    expect(last).to_be_focused()
    assert last.get_attribute("aria-label") != before
    anna.keyboard.press("Delete")
    expect(count).to_have_text("3 Ecken")
    anna.locator("#drawing").get_by_role("button", name="Rückgängig").click()
    expect(count).to_have_text("4 Ecken")
    anna.get_by_role("button", name="Neue Ecke hier").first.click()
    expect(count).to_have_text("5 Ecken")

    # A list of corners says the same; what cannot be read is not sent.
    corners = anna.get_by_label("Ecken: Breite und Länge")
    corners.fill("50.5 10.5\n50.5 12.2\nJena")
    expect(anna.get_by_role("button", name="Zeigen, wer darin ist")).to_be_disabled()
    corners.fill("50.5 10.5\n50.5 12.2\n51.2 11.4")
    anna.get_by_role("button", name="Zeigen, wer darin ist").click()
    anna.wait_for_url("**/map/?where=*")
    expect(anna.get_by_text("in einer Fläche mit 3 Ecken")).to_be_visible()
    states = anna.get_by_role("region", name="Nach Bundesland")
    expect(states.get_by_role("link", name="Thüringen", exact=True)).to_be_visible()
    expect(states.get_by_role("link", name="Sachsen", exact=True)).to_have_count(0)

    anna.get_by_role("button", name="Fläche zeichnen").click()
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    anna.get_by_role("button", name="Als Gebiet anlegen").click()
    anna.get_by_label("Name").fill("Mitte")
    anna.get_by_role("button", name="Anlegen").click()
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Mitte")
    anna.get_by_role("link", name="Fläche auf der Karte zeichnen").click()
    expect(anna.locator("kk-map[data-ready]")).to_be_visible()
    anna.get_by_label("Ecken: Breite und Länge").fill("50.5 10.5\n50.5 12.2\n51.2 12\n51.2 11")
    anna.get_by_role("button", name="Gebiet speichern").click()
    expect(anna.get_by_text("51.2000 12.0000")).to_be_visible()
    anna.get_by_role("button", name="Rückgängig").click()
    expect(anna.get_by_text("51.2000 12.0000")).to_have_count(0)
    assert said == []
