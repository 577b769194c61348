"""Somebody at the demo shop, in a browser of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, Route
from playwright.sync_api import TimeoutError as Timeout

from tests.journeys.running import Product

PRODUCT = "lasermesskopf-lm4"


@dataclass
class Visitor:
    """One browser with its own cookies; `decisions` are the edge's answers it got."""

    product: Product
    number: int
    context: BrowserContext
    page: Page
    decisions: list[dict[str, Any]] = field(default_factory=list)
    exposures: int = 0
    violations: list[str] = field(default_factory=list)

    @classmethod
    def comes(cls, browser: Browser, product: Product, number: int) -> Visitor:
        context = browser.new_context(locale="de-DE")
        visitor = cls(product, number, context, context.new_page())
        visitor.page.route("**/v1/decide*", visitor._passes_on)
        visitor.page.on("response", visitor._saw)
        visitor.page.on("console", lambda said: visitor._heard(said.text))
        visitor.page.goto(f"{product.shop}/produkte/{PRODUCT}")
        return visitor

    def accepts(self) -> None:
        self.page.locator("kk-consent").get_by_role("button").nth(1).click()

    def puts_into_the_cart(self) -> None:
        self.page.locator("form[data-add] button").click()

    def is_decided(self, seconds: float = 30) -> dict[str, Any]:
        """Wait until the edge has decided about this visitor and the exposure was noted.

        On a slow machine the script has stopped asking by then; the visitor looks at another page.
        """
        for tenth in range(1, int(seconds * 10)):
            if self.decisions and self.exposures:
                return self.decisions[0]
            self.page.wait_for_timeout(100)
            if tenth % 80 == 0 and not self.decisions:
                self.page.reload()
        raise AssertionError(f"visitor {self.number} got no decision: {self.decisions}")

    def sees_the_offer(self) -> bool:
        try:
            self.page.locator("kk-offer dialog").wait_for(timeout=1_500)
        except Timeout:
            return False
        return True

    def orders(self, *, voucher: str = "") -> str:
        """Go through the checkout; returns the e-mail address used."""
        page, email = self.page, f"besucher{self.number}@kunde.example"
        page.goto(f"{self.product.shop}/warenkorb")
        if voucher:
            page.locator("form.voucher input[name=voucher]").fill(voucher)
            page.locator("form.voucher button").click()
        page.goto(f"{self.product.shop}/kasse")
        values = {
            "first_name": "Vera", "last_name": f"Besucher {self.number}", "email": email,
            "phone": "03641 555 0", "street": "Marktplatz 1", "postal_code": "07743", "city": "Jena",
        }  # fmt: skip
        for name, value in values.items():
            page.locator(f"input[name={name}]").fill(value)
        page.locator("form[data-checkout] button[type=submit]").click()
        page.locator("section.done").wait_for()
        return email

    def leaves(self) -> None:
        self.context.close()

    def _passes_on(self, route: Route) -> None:
        """Let the question through and keep the answer, even if the page is left meanwhile."""
        try:
            answer = route.fetch()
            self.decisions += answer.json()["offers"] if answer.ok else []
            route.fulfill(response=answer)
        except Error:
            return  # the page was left before the answer came

    def _saw(self, response: Response) -> None:
        if "/v1/exposure" in response.url and response.ok:
            self.exposures += 1

    def _heard(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused to" in text:
            self.violations.append(text)
