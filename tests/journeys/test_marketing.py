"""Making a segment and a campaign with nothing but the pages, as marketing does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey


def test_a_segment_and_a_campaign_are_made_previewed_started_and_ended(
    product: Product, anna: Page
) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.goto(f"{product.staff}/engage/segments/new/")
    anna.get_by_label("Name (Deutsch)").fill("Wer sich umgesehen hat")
    anna.get_by_label("Bedingung", exact=True).select_option("performed")
    anna.locator(".condition").get_by_label("Ereignis").select_option("Produkt angesehen")
    expect(anna.locator("output")).to_contain_text("derzeit")
    anna.get_by_role("button", name="Speichern").click()
    expect(anna.get_by_role("heading", name="Wer sich umgesehen hat")).to_be_visible()
    anna.get_by_role("button", name="Aktivieren").click()
    expect(anna.locator(".tag", has_text="Aktiv")).to_be_visible()

    anna.goto(f"{product.staff}/engage/campaigns/new/")
    anna.locator("[name=name]").fill("Für Neugierige")
    anna.locator("[name=segment_id]").select_option(label="Wer sich umgesehen hat")
    anna.locator("[name=title_de]").fill("Noch unsicher?")
    anna.get_by_role("button", name="Vorschau").click()
    expect(anna.get_by_role("dialog", name="Noch unsicher?")).to_be_visible()
    anna.keyboard.press("Escape")
    # A second offer beside it: weighed, previewed on its own, and a third one taken away again.
    anna.get_by_role("button", name="Aktion hinzufügen").click()
    anna.locator("[name=b-title_de]").fill("Versand frei")
    anna.locator("[name=b-weight]").fill("3")
    expect(anna.locator("kk-shares")).to_contain_text("Aktion B 37,5 %")
    anna.get_by_role("button", name="Vorschau").last.click()
    expect(anna.get_by_role("dialog", name="Versand frei")).to_be_visible()
    anna.keyboard.press("Escape")
    anna.get_by_role("button", name="Aktion hinzufügen").click()
    expect(anna.locator("[name=c-title_de]")).to_be_visible()
    anna.get_by_role("button", name="Entfernen").last.click()
    expect(anna.locator("[name=c-title_de]")).to_have_count(0)
    expect(anna.locator("[name=title_de]")).to_have_value("Noch unsicher?")
    anna.get_by_role("button", name="Entwurf speichern").click()
    expect(anna.get_by_role("heading", name="Für Neugierige")).to_be_visible()
    expect(anna.get_by_text("37,5 % der Personen")).to_be_visible()
    anna.get_by_role("button", name="Starten").click()
    expect(anna.locator(".tag", has_text="Läuft")).to_be_visible()
    anna.get_by_role("button", name="Beenden").click()
    expect(anna.locator(".tag", has_text="Beendet")).to_be_visible()

    # Nothing of it stays in the way of others.
    anna.goto(f"{product.staff}/engage/segments/")
    anna.get_by_role("link", name="Wer sich umgesehen hat").click()
    anna.get_by_role("button", name="Archivieren").click()
    expect(anna.locator(".tag", has_text="Archiviert")).to_be_visible()
    assert said == []


def test_a_name_of_ones_own_stays_while_the_condition_grows(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/engage/segments/new/")
    anna.get_by_label("Bedingung", exact=True).select_option("performed")
    row = anna.locator(".condition").first
    row.get_by_label("Ereignis").select_option("")
    row.get_by_label("Ereignis").fill("Katalog bestellt")
    row.get_by_role("button", name="Nur Ereignisse mit").click()
    expect(anna.locator(".condition").first.get_by_label("Ereignis").first).to_have_value(
        "Katalog bestellt"
    )
    # The comparison of a sum says "ist" once.
    anna.get_by_label("Bedingung", exact=True).last.select_option("sum_of")
    expect(anna.get_by_text("ist ist")).to_have_count(0)
    words = anna.locator(".condition").last.locator(".word").all_inner_texts()
    assert "ist" not in words
