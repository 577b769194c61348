"""The guide: from the page one is on to what explains it, in both languages, with true pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pictures import PICTURES, Picture, take
from tests.journeys.running import Product
from tools import guide

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_what_a_picture_of_the_guide_shows_is_there(
    picture: Picture, product: Product, anna: Page, tmp_path: Path
) -> None:
    assert take(anna, product, picture, tmp_path, "de").stat().st_size > 10_000


def test_every_picture_in_the_guide_is_taken_by_this_test() -> None:
    taken = {f"{one.name}-{language}" for one in PICTURES for language in guide.LANGUAGES}
    assert {file.stem for file in guide.PICTURES.glob("*.png")} == taken


def test_a_list_leads_to_its_help_and_on_to_another_topic(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/persons/")
    anna.get_by_role("link", name="Hilfe zu dieser Seite").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Listen")
    anna.locator(".prose").get_by_role("link", name="Importieren und exportieren").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Importieren und exportieren")
    expect(anna.get_by_role("heading", name="Die Excel-Runde")).to_be_in_viewport()


def test_the_palette_finds_a_section_of_the_guide(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/")
    anna.keyboard.press("Control+k")
    anna.locator("dialog[open] input").fill("excel runde")
    anna.get_by_role("option", name="Die Excel-Runde").click()
    expect(anna).to_have_url(f"{product.staff}/help/import/#die-excel-runde")
