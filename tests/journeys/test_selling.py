"""What a sales rep does beyond reading: filter a list by own conditions, record an objection."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey


def open_palette(page: Page) -> Locator:
    """Opens it as soon as the page listens: what is typed earlier are the keys of the page."""
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Suchen und gehen zu")
    expect(dialog).to_be_visible()
    return dialog


def test_a_list_is_filtered_by_conditions_built_in_a_dialog(product: Product, anna: Page) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.goto(f"{product.staff}/crm/opportunities/")
    anna.get_by_role("button", name="Filter", exact=True).click()
    dialog = anna.get_by_role("dialog", name="Filter")
    dialog.get_by_label("Bedingung").select_option("compare")
    row = dialog.locator(".condition")
    # Whoever works with the keyboard goes on where something came, changed or went.
    expect(row.get_by_label("Feld")).to_be_focused()
    dialog.get_by_label("Bedingung").select_option("compare")
    expect(row.last.get_by_label("Feld")).to_be_focused()
    row.last.get_by_role("button", name="Entfernen").press("Enter")
    expect(dialog.get_by_label("Bedingung")).to_be_focused()
    row.get_by_label("Feld").focus()
    row.get_by_label("Feld").select_option("value_minor")
    expect(row.get_by_label("Feld")).to_be_focused()
    row.get_by_label("Vergleich").select_option("gt")
    row.locator("input[inputmode=decimal]").fill("60.000")
    expect(dialog.locator("output")).to_have_text("2 Datensätze")
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    dialog.get_by_role("button", name="Anzeigen").click()
    expect(anna.locator("#list tbody tr")).to_have_count(2)
    chip = anna.get_by_text("Wert ist größer als 60.000,00 EUR")
    expect(chip).to_be_visible()

    # Searching keeps the conditions; the cross beside them takes only them away.
    anna.get_by_placeholder("Suchen", exact=True).fill("Rahmen")
    expect(anna.locator("#list tbody tr")).to_have_count(1)
    anna.get_by_role("button", name="Filter", exact=True).click()
    expect(anna.get_by_role("dialog", name="Filter").locator(".condition")).to_have_count(1)
    anna.keyboard.press("Escape")
    anna.get_by_role("link", name="Filter Wert ist größer als 60.000,00 EUR entfernen").click()
    expect(chip).to_have_count(0)
    assert said == []


def test_an_objection_is_recorded_on_the_persons_page(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/persons/?q=Weiß")
    anna.locator("#list tbody a").first.click()
    anna.get_by_role("button", name="Widerspruch erfassen").click()
    dialog = anna.get_by_role("dialog", name="Widerspruch erfassen")
    for channel in ("Post", "Nachricht", "SMS", "Website"):
        dialog.get_by_label(channel).uncheck()
    dialog.get_by_role("button", name="Widerspruch speichern").click()
    panel = anna.locator("#consents-panel")
    expect(panel.get_by_text("verweigert")).to_have_count(2)
    entry = anna.get_by_text("Werbewiderspruch")
    expect(entry).to_have_count(2)


def test_an_edit_and_a_deletion_are_taken_back(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/organisations/")
    anna.get_by_role("link", name="Bäckerei Thoma").click()
    fact = anna.locator("dt", has_text="Branche").locator("xpath=following-sibling::dd[1]")
    was = fact.locator(".value").inner_text()
    fact.locator(".value").click()
    fact.locator("input:not([type=hidden])").fill("Optik und Messtechnik")
    fact.locator("input:not([type=hidden])").press("Enter")
    expect(fact).to_contain_text("Optik und Messtechnik")
    anna.get_by_role("status").get_by_role("button", name="Rückgängig").click()
    expect(anna.get_by_text("1 Datensatz ist wieder wie vorher.")).to_be_visible()
    expect(fact).to_contain_text(was)

    anna.goto(f"{product.staff}/crm/persons/new/")
    anna.get_by_label("Nachname").fill("Kurzzeit")
    anna.get_by_role("button", name="Anlegen").click()
    anna.get_by_role("button", name="Mehr", exact=True).click()
    anna.get_by_role("button", name="Löschen").click()
    anna.get_by_role("dialog").get_by_role("button", name="Löschen").click()
    anna.get_by_role("link", name="Gelöschte Datensätze").click()
    row = anna.get_by_role("row", name="Kurzzeit")
    row.get_by_role("button", name="Zurückholen").click()
    expect(anna.get_by_text("1 Datensatz ist wieder wie vorher.")).to_be_visible()
    anna.goto(f"{product.staff}/crm/persons/?q=Kurzzeit")
    expect(anna.get_by_role("link", name="Kurzzeit")).to_be_visible()


def test_the_palette_finds_goes_and_acts_with_the_keyboard_alone(
    product: Product, anna: Page
) -> None:
    anna.goto(f"{product.staff}/crm/persons/")
    dialog = open_palette(anna)
    anna.keyboard.type("baecker")
    expect(dialog.get_by_role("option", name="Bäckerei Thoma").first).to_have_attribute(
        "aria-selected", "true"
    )
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("heading", level=1)).to_have_text("Bäckerei Thoma")

    open_palette(anna)
    groups = dialog.get_by_role("group")
    expect(dialog.get_by_role("group", name="Anlegen")).to_be_visible()
    order = groups.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    # After what somebody keeps or has viewed lately; which of both there is others decide.
    assert order.index("Auf dieser Seite") + 1 == order.index("Anlegen") <= 3
    anna.keyboard.type("verkaufschance")
    expect(groups.last).to_have_attribute("aria-label", "Auf dieser Seite")
    here = dialog.get_by_role("option", name="Neue Verkaufschance")
    expect(here).to_be_visible()
    while here.get_attribute("aria-selected") != "true":
        anna.keyboard.press("ArrowDown")
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Verkaufschance")


def test_the_page_follows_what_is_changed_in_place(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/organisations/")
    anna.get_by_role("link", name="Rheintal Logistik").click()
    fact = anna.locator("dt", has_text="Branche").locator("xpath=following-sibling::dd[1]")
    fact.locator(".value").click()
    fact.locator("input:not([type=hidden])").fill("Logistik und Lager")
    fact.locator("input:not([type=hidden])").press("Enter")
    expect(anna.get_by_role("status").get_by_role("button", name="Rückgängig")).to_be_visible()
    # The history of the page itself is one click away and already knows.
    anna.get_by_role("button", name="Mehr", exact=True).first.click()
    anna.get_by_role("link", name="Änderungen").click()
    expect(anna.locator("ins", has_text="Logistik und Lager")).to_be_visible()

    anna.goto(f"{product.staff}/crm/persons/?q=Thoma")
    anna.locator("#list tbody a").first.click()
    before = anna.get_by_role("heading", level=1).inner_text()
    name = anna.locator("dt", has_text="Vorname").locator("xpath=following-sibling::dd[1]")
    name.locator(".value").click()
    name.locator("input:not([type=hidden])").fill("Kathrin")
    name.locator("input:not([type=hidden])").press("Enter")
    expect(anna.get_by_role("heading", level=1)).not_to_have_text(before)
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Kathrin")


def test_enter_never_opens_what_is_not_shown(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/persons/")
    dialog = open_palette(anna)
    anna.keyboard.type("thoma")
    expect(dialog.get_by_role("option", name="Bäckerei Thoma").first).to_be_visible()
    anna.keyboard.type("xyz")
    anna.keyboard.press("Enter")
    expect(dialog.get_by_text("Nichts gefunden")).to_be_visible()
    anna.keyboard.press("Enter")
    anna.wait_for_timeout(300)
    assert anna.url == f"{product.staff}/crm/persons/"
    # Typed faster than the answer comes, Enter waits for it.
    dialog.get_by_role("combobox").fill("baecker")
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("heading", level=1)).to_have_text("Bäckerei Thoma")
