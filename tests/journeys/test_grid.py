"""A list is edited like a spreadsheet: with real keys, a real clipboard, and one bad value."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey

FIRMS = ("Hafner & Söhne KG", "Institut Lenz", "Klinikum Saale")


def cell(page: Page, firm: str, name: str) -> Locator:
    row = page.locator("kk-grid tbody tr", has=page.get_by_role("link", name=firm, exact=True))
    return row.locator(f"td[data-name={name}]")


def test_a_list_is_edited_like_a_spreadsheet(product: Product, anna: Page) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    anna.goto(f"{product.staff}/crm/organisations/")
    anna.keyboard.press("e")
    expect(anna.get_by_role("grid", name="Firmen")).to_be_visible()
    was = [cell(anna, firm, "industry").inner_text() for firm in FIRMS]

    # Typing replaces, Tab saves and goes on, Enter saves and goes down, Escape gives up.
    cell(anna, FIRMS[0], "industry").click()
    anna.keyboard.type("Zerspanung")
    anna.keyboard.press("Tab")
    anna.keyboard.type("1.250")
    anna.keyboard.press("Enter")
    expect(cell(anna, FIRMS[1], "employees")).to_be_focused()
    expect(cell(anna, FIRMS[0], "employees")).to_have_text("1.250")
    expect(cell(anna, FIRMS[0], "employees")).to_have_attribute("data-value", "1250")
    anna.keyboard.type("77")
    anna.keyboard.press("Escape")
    expect(cell(anna, FIRMS[1], "employees")).not_to_have_text("77")

    # What is copied is what one would type; three rows by two come back, one of them impossible.
    cell(anna, FIRMS[0], "industry").click()
    anna.keyboard.press("Shift+ArrowRight")
    anna.keyboard.press("Control+c")
    assert anna.evaluate("navigator.clipboard.readText()") == "Zerspanung\t1250"
    pasted = 'Optik\t11\r\n"Licht und\nLaser"\tzwei\r\nGlas\t33\r\n'
    anna.evaluate("text => navigator.clipboard.writeText(text)", pasted)
    cell(anna, FIRMS[0], "industry").click()
    anna.keyboard.press("Control+v")
    refused = cell(anna, FIRMS[1], "employees")
    expect(anna.get_by_text("5 Zellen geändert, 1 nicht übernommen.")).to_be_visible()
    expect(refused).to_have_text("zwei")
    expect(refused).to_have_attribute("aria-invalid", "true")
    expect(cell(anna, FIRMS[1], "industry")).to_have_text("Licht und Laser")
    anna.get_by_role("button", name="Nächste zeigen").click()
    expect(refused).to_be_focused()
    expect(anna.locator(".grid-why")).to_have_text("Das ist keine Zahl.")
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []

    # One undo takes the paste back; what could not be saved is still there to be put right.
    anna.keyboard.press("Control+z")
    expect(anna.get_by_text("3 Datensätze sind wieder wie vorher.")).to_be_visible()
    expect(cell(anna, FIRMS[0], "industry")).to_have_text("Zerspanung")
    expect(cell(anna, FIRMS[2], "industry")).to_have_text(was[2])
    expect(refused).to_have_text("zwei")
    expect(refused).to_be_focused()
    anna.keyboard.press("Enter")
    anna.keyboard.press("Control+a")
    anna.keyboard.type("2")
    anna.keyboard.press("Enter")
    expect(refused).to_have_attribute("data-value", "2")
    expect(refused).not_to_have_attribute("aria-invalid", "true")
    expect(anna.get_by_role("button", name="Nächste zeigen")).to_be_hidden()

    # A new row becomes a record when it is left; then the list is for reading again.
    anna.locator(".new-row td[data-name=name]").click()
    anna.keyboard.type("Kurzzeit AG")
    anna.keyboard.press("Enter")
    anna.keyboard.press("ArrowUp")
    expect(cell(anna, "Kurzzeit AG", "name")).to_be_visible()
    expect(anna.get_by_text("1 Datensatz angelegt.").first).to_be_attached()
    anna.get_by_role("button", name="In der Tabelle bearbeiten").click()
    expect(anna.locator("kk-grid")).to_have_count(0)
    anna.get_by_role("link", name="Kurzzeit AG").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Kurzzeit AG")
    assert said == []


def test_persons_are_entered_and_corrected_in_their_list(product: Product, anna: Page) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.goto(f"{product.staff}/crm/persons/?q=Amann")
    anna.wait_for_load_state("networkidle")
    anna.keyboard.press("e")
    cell(anna, "Reto Amann", "email").click()
    anna.keyboard.type("r.amann@rheintal.example")
    anna.keyboard.press("Tab")
    anna.keyboard.type("0171 2345678")
    anna.keyboard.press("Enter")
    expect(cell(anna, "Reto Amann", "phone")).to_have_text("+49 171 2345678")
    anna.goto(f"{product.staff}/crm/persons/")
    row = anna.locator("kk-grid tr.new-row")
    row.locator("td[data-name=last_name]").click()
    for text in ("Zander", "Ina", "Rheintal Logistik", "nirgends"):
        anna.keyboard.type(text)
        anna.keyboard.press("Tab")
    anna.keyboard.press("ArrowUp")  # leaving the row makes the person, or says why not
    expect(row.locator("td.failed[data-name=email]")).to_have_text("nirgends")
    row.locator("td[data-name=email]").click()
    anna.keyboard.type("zander@rheintal.example")
    anna.keyboard.press("Enter")
    anna.keyboard.press("ArrowUp")
    made = cell(anna, "Ina Zander", "email")
    expect(made).to_have_text("zander@rheintal.example")
    anna.keyboard.press("Escape")
    anna.keyboard.press("e")
    expect(anna.locator("kk-grid")).to_have_count(0)
    assert not said
