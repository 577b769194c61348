"""Takes the pictures of the README and the guide from the running demo: `make docs`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from conftest import QUIET_BROWSER
from tests.journeys.crowd import ONE_OFFER, Crowd
from tests.journeys.pictures import PICTURES as OF_THE_GUIDE
from tests.journeys.pictures import SIZE, take
from tests.journeys.running import Product, running
from tests.journeys.staff import DESK, PHONE, Theme, logged_in, switch_language
from tests.journeys.visitor import Visitor
from tools import browser as browsers
from tools import guide
from tools.paths import ROOT

PICTURES = ROOT / "docs" / "screenshots"
CROWD = 600


def main() -> None:
    """Fill the demo with a crowd and one visitor who orders, then look at the pages."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browsers.installed(), args=QUIET_BROWSER
        )
        with running(Path(folder) / "home", Path(folder) / "log.txt") as product:
            _explain(chromium, product)
            _fill(chromium, product)
            _look(chromium, product)
            _explain(chromium, product, crowded=True)
        chromium.close()


def _fill(chromium: Browser, product: Product) -> None:
    Crowd(product, "Product Added", ONE_OFFER).come(CROWD)
    visitor = Visitor.comes(chromium, product, 1)
    visitor.accepts()
    visitor.puts_into_the_cart()
    visitor.is_decided()
    visitor.page.wait_for_timeout(1_500)
    visitor.page.screenshot(path=PICTURES / "shop-offer-de.png")
    visitor.orders()
    visitor.page.wait_for_timeout(8_000)
    visitor.leaves()


def _look(chromium: Browser, product: Product) -> None:
    pages: tuple[tuple[str, str, bool, Theme, ViewportSize], ...] = (
        ("person-de-light", "/crm/persons/?q=Besucher", True, "light", DESK),
        ("board-de-light", "/crm/opportunities/board/", False, "light", DESK),
        ("organisation-de-light", "/crm/organisations/1/", False, "light", DESK),
        ("report-de-light", "/insight/experiments/1/", False, "light", DESK),
        ("segment-de-dark", "/engage/segments/1/", False, "dark", DESK),
        ("person-de-phone", "/crm/persons/?q=Besucher", True, "light", PHONE),
    )
    for name, path, first, theme, size in pages:
        page = logged_in(chromium, product, size=size, theme=theme)
        page.goto(f"{product.staff}{path}")
        if first:
            page.locator("tbody a[href^='/crm/persons/']").first.click()
        page.wait_for_timeout(1_200)
        page.screenshot(path=PICTURES / f"{name}.png")
        page.context.close()


def _explain(chromium: Browser, product: Product, *, crowded: bool = False) -> None:
    guide.PICTURES.mkdir(parents=True, exist_ok=True)
    page = logged_in(chromium, product, size=SIZE)
    for language in guide.LANGUAGES:
        switch_language(page, product, language)
        for picture in (one for one in OF_THE_GUIDE if one.crowded is crowded):
            take(page, product, picture, guide.PICTURES, language)
    switch_language(page, product, "de")
    page.context.close()


if __name__ == "__main__":
    main()
