"""What is to be done next: one key on a record and on a list, shown at home, done with one click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


def test_a_step_is_planned_with_one_key_comes_back_and_is_done(
    product: Product, anna: Page
) -> None:
    opened(anna, f"{product.staff}/crm/organisations/?q=Rheintal")
    anna.get_by_role("link", name="Rheintal Logistik").click()
    anna.wait_for_load_state("networkidle")
    anna.keyboard.press("w")
    dialog = anna.get_by_role("dialog", name="Wiedervorlage")
    # What was proposed stands there already and only lacks its day; something else may be said.
    day = dialog.get_by_label("Fällig")
    expect(day).to_be_focused()
    expect(dialog.get_by_label("Was ist zu tun?")).to_have_value("Kontakt aufnehmen")
    dialog.get_by_label("Was ist zu tun?").fill("Muster schicken")
    day.fill("irgendwann")
    expect(dialog.get_by_text("Noch kein Tag")).to_be_visible()
    anna.keyboard.press("Enter")
    expect(dialog).to_contain_text("wurde nicht als Tag verstanden")
    expect(dialog.get_by_label("Was ist zu tun?")).to_have_value("Muster schicken")
    day.fill("heute")
    expect(dialog.locator(".understood time")).to_be_visible()
    anna.keyboard.press("Enter")
    panel = anna.locator("#next-step-panel")
    expect(panel).to_contain_text("Muster schicken")
    expect(panel).to_contain_text("heute")

    # It is at home with whoever is responsible: Anna takes the record over.
    opened(anna, f"{product.staff}/crm/organisations/?q=Rheintal")
    anna.keyboard.press("j")
    anna.keyboard.press("a")
    bulk = anna.get_by_role("dialog")
    bulk.get_by_label("Zuständig").select_option(label="Anna Seidel")
    bulk.get_by_role("button", name="Zuweisen").click()
    expect(bulk).to_have_count(0)
    opened(anna, product.staff)
    anna.get_by_role("button", name="Erledigt: Muster schicken").click()
    following = anna.get_by_role("dialog", name="Was kommt als Nächstes?")
    expect(following).to_be_visible()
    expect(anna.locator("#page")).not_to_contain_text("Muster schicken")
    following.get_by_role("button", name="Vorerst nichts").click()
    anna.get_by_role("button", name="Rückgängig").click()
    expect(anna.locator("#page")).to_contain_text("Muster schicken")


def test_steps_of_chosen_rows_are_planned_with_the_same_key(product: Product, anna: Page) -> None:
    opened(anna, f"{product.staff}/crm/persons/?columns=name,next_step,next_step_on")
    for key in ("j", "x", "j", "x", "w"):
        anna.keyboard.press(key)
    dialog = anna.get_by_role("dialog", name="Wiedervorlage für 2 Datensätze")
    expect(dialog.locator("[name=next_step]")).to_be_focused()
    anna.keyboard.type("Zur Messe einladen")
    dialog.get_by_role("button", name="morgen").click()
    expect(dialog.locator(".understood time")).to_be_visible()
    dialog.get_by_role("button", name="Speichern").click()
    expect(anna.get_by_text("2 Datensätze wurden geändert.")).to_be_visible()
    cells = anna.locator("#list td", has_text="Zur Messe einladen")
    expect(cells).to_have_count(2)
    rows = anna.locator("#list tr", has_text="Zur Messe einladen")  # others may be due then, too
    expect(rows.locator("td", has_text="morgen")).to_have_count(2)
    anna.get_by_role("button", name="Rückgängig").click()
    expect(cells).to_have_count(0)
