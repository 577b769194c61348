"""Takes the pictures of the README from the running demo: `python -m tools.screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from conftest import QUIET_BROWSER
from tests.journeys.crowd import ONE_OFFER, Crowd
from tests.journeys.running import Product, running
from tests.journeys.staff import DESK, PHONE, Theme, logged_in
from tests.journeys.visitor import Visitor
from tools import browser as browsers
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
            _fill(chromium, product)
            _look(chromium, product)
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


if __name__ == "__main__":
    main()
