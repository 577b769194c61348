"""A member of staff at the product, in a browser of their own."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

from kundenkreis.demo.launch import LOGINS, PASSWORD
from tests.journeys import console
from tests.journeys.running import Product

Theme = Literal["light", "dark"]
DESK: ViewportSize = {"width": 1440, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 800}


def logged_in(
    browser: Browser,
    product: Product,
    *,
    size: ViewportSize = DESK,
    theme: Theme = "light",
    who: int = 0,
) -> Page:
    """Anna, the administrator (1 is Ben of sales), on her home page; close the page's context when
    she leaves."""
    return logged_in_as(browser, product, LOGINS[who][0], PASSWORD, size=size, theme=theme)


def logged_in_as(
    browser: Browser,
    product: Product,
    email: str,
    password: str,
    *,
    size: ViewportSize = DESK,
    theme: Theme = "light",
) -> Page:
    """Anybody, on their home page."""
    context = browser.new_context(locale="de-DE", viewport=size, color_scheme=theme)
    console.listen(context)
    page = context.new_page()
    page.goto(product.staff)
    page.get_by_label("E-Mail").fill(email)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_url(re.compile(rf"{product.staff}/(account/undertaking/.*)?$"))
    if "undertaking" in page.url:  # somebody new
        page.get_by_role("button", name="Ich verpflichte mich").click()
        page.wait_for_url(f"{product.staff}/")
    return page


def switch_language(page: Page, product: Product, language: str) -> None:
    """Let a page, and from then on the account, speak this language."""
    page.goto(f"{product.staff}/")
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"button[name=language][value={language}]").first.dispatch_event("click")
        page.wait_for_selector(f"html[lang={language}]")
