"""Five contradictory files from a drawer become one clean base, and go again: "Excel rein, Firma läuft"."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kundenkreis.integrations.crm.folder import example
from tests.journeys.running import Product
from tests.journeys.staff import PHONE, logged_in

pytestmark = pytest.mark.journey
LONG = 90_000


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_five_files_become_a_clean_base_and_go_again(
    product: Product, anna: Page, browser: Browser, tmp_path: Path
) -> None:
    paths = example.write(tmp_path / "Schublade")
    anna.goto(f"{product.staff}/")
    anna.get_by_role("link", name="Daten übernehmen").first.click()
    assert serious(anna) == []
    anna.get_by_label("Dateien", exact=True).set_input_files(paths)
    anna.get_by_role("button", name="Weiter").click()

    # What each file is was found out; the tax adviser's list is to win over the old one.
    expect(anna.get_by_text("DATEV Debitoren/Kreditoren")).to_be_visible(timeout=LONG)
    expect(anna.get_by_role("row", name="Messe 2025.csv")).to_contain_text("Personen")
    assert serious(anna) == []
    anna.get_by_label("Rang: EXTF_Debitoren.csv").fill("1")
    anna.get_by_label("Rechtsgrundlage").select_option(label="Vertrag oder seine Anbahnung")
    anna.get_by_role("button", name="Bereinigen und vergleichen").click()

    # Who contradicts whom; one thing is decided by hand.
    expect(anna.get_by_text("Noch ist nichts gespeichert.", exact=True)).to_be_visible(timeout=LONG)
    here = anna.url.partition("?")[0]
    expect(anna.get_by_role("row", name="Personen")).to_contain_text("12")
    expect(anna.get_by_role("group", name="Druckhaus Saale GmbH")).to_contain_text("10013")
    assert serious(anna) == []
    anna.get_by_role("group", name="Sabine Lindner").get_by_label("Lindner-Voß").check()
    anna.get_by_role("button", name="So entscheiden").click()
    expect(anna.get_by_role("group", name="Sabine Lindner-Voß")).to_be_visible(timeout=LONG)
    phone = logged_in(browser, product, size=PHONE)
    for name in ("conflicts", "merged", "left"):
        phone.goto(f"{here}?show={name}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(phone.get_by_text("70001")).to_be_visible()
    phone.context.close()

    anna.get_by_role("button", name="Übernehmen", exact=True).click()
    expect(anna.get_by_text("Ihre Daten sind da.")).to_be_visible(timeout=LONG)
    anna.goto(f"{product.staff}/crm/persons/?q=Lindner")
    anna.get_by_role("link", name="Sabine Lindner-Voß").first.click()
    expect(
        anna.get_by_role("link", name="Möbelwerk Lindner GmbH", exact=True).first
    ).to_be_visible()

    anna.goto(here)
    anna.get_by_role("button", name="Alles zurücknehmen").click()
    expect(anna.get_by_text("Das wurde zurückgenommen.")).to_be_visible(timeout=LONG)
    anna.goto(f"{product.staff}/crm/persons/?q=Lindner")
    expect(anna.get_by_role("link", name="Sabine Lindner-Voß")).to_have_count(0)
