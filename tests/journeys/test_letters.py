"""From the page of a person to the letter on paper."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey


def test_anna_writes_to_a_customer_and_has_the_letter_printed(
    product: Product, anna: Page, tmp_path: Path
) -> None:
    anna.goto(f"{product.staff}/crm/persons/?q=Wei%C3%9F")
    anna.get_by_role("link", name="Jana Weiß").first.click()
    anna.get_by_role("link", name="Brief", exact=True).click()
    anna.get_by_label("Betreff").fill("Ihre Frage zum Messkopf")
    anna.get_by_role("button", name="Unterlagen").click()
    # What was typed is still there, and the template's text beside it.
    expect(anna.get_by_label("Betreff")).to_have_value("Ihre Frage zum Messkopf")
    text = anna.locator("textarea[name=body]")
    assert "Datenblatt" in text.input_value()
    anna.get_by_role("button", name="Entwurf speichern").click()
    expect(anna.locator(".sheet")).to_contain_text("Datenblatt")
    anna.get_by_role("button", name="Brief abschließen").click()
    link = anna.get_by_role("link", name="PDF", exact=True)
    expect(link).to_be_visible(timeout=30_000)
    with anna.expect_download() as waiting:
        link.click()
    path = tmp_path / "letter.pdf"
    waiting.value.save_as(path)
    with pypdfium2.PdfDocument(path) as found:
        printed = " ".join(found[0].get_textpage().get_text_range().split())
    for said in ("Ihre Frage zum Messkopf", "Datenblatt", "HRB 501234", "Jana Weiß"):
        assert said in printed
    person = anna.get_by_role("link", name="Jana Weiß").first.get_attribute("href") or ""
    anna.goto(urljoin(anna.url, person))  # a click would open it beside the letter
    entry = anna.locator(".entry", has_text="Ihre Frage zum Messkopf")
    expect(entry).to_contain_text("Brief von Anna Seidel")
    expect(entry.get_by_role("link", name="PDF")).to_be_visible()
