"""Someone in the shop: with a browser of their own, or without one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Page

from ..delivery import Delivery
from ..store import Store
from .stub_edge import StubEdge

OFFER: dict[str, Any] = {
    "campaign": "k-1", "variant": "test", "kind": "interstitial", "show": True, "exposure": "signed.token",
    "content": {
        "title": "20 % auf Ihren Warenkorb", "text": "Nur heute.", "button": "Zum Warenkorb", "url": "/warenkorb",
        "voucher": "KREIS20", "legal": "Dieser Preis wurde für Sie persönlich berechnet.", "language": "de",
    },
}  # fmt: skip


@dataclass
class RunningShop:
    """The demo shop on loopback with its delivery thread."""

    origin: str
    store: Store
    delivery: Delivery

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[HTTPResponse, str]:
        """One request without a browser; returns the response and its text."""
        connection = HTTPConnection(self.origin.removeprefix("http://"), timeout=5)
        try:
            body = urlencode(form) if form is not None else None
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()


@dataclass
class Visitor:
    """Someone with a browser of their own in the shop."""

    page: Page
    context: BrowserContext
    shop: RunningShop
    edge: StubEdge
    console: list[str] = field(default_factory=list)
    violations_expected: bool = False

    def go(self, path: str) -> None:
        """Opens a page of the shop, with the script loaded."""
        self.page.goto(self.shop.origin + path)
        self.until("!!(window.kk && window.kk.track)")

    def until(self, expression: str) -> None:
        """Waits until JavaScript says true. (Playwright's own way needs eval, which the shop forbids.)"""
        end = time.monotonic() + 10
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never true: {expression}"
            self.page.wait_for_timeout(30)

    def answer(self, words: str) -> None:
        """Answers the consent question."""
        self.page.locator("kk-consent").get_by_role("button", name=words, exact=True).click()

    def agree(self, path: str = "/produkte/messuhr-10") -> str:
        """Opens a page and agrees; returns the visitor's id."""
        self.go(path)
        self.answer("Zustimmen")
        visitor = self.page.evaluate("kk.anonymousId()")
        assert isinstance(visitor, str)
        return visitor

    def add_to_cart(self) -> None:
        """Presses the button and waits for the shop's answer."""
        self.page.locator("form.add button").click()
        self.page.locator("[data-told]").wait_for()

    def stored(self) -> dict[str, str]:
        """Everything in the shop's localStorage."""
        stored = self.page.evaluate("({...localStorage})")
        assert isinstance(stored, dict)
        return stored

    def violations(self) -> list[str]:
        """What the content security policy of the present page has stopped."""
        found = self.page.evaluate("window.violations")
        assert isinstance(found, list)
        return found + [line for line in self.console if "Content Security Policy" in line]

    def meet_offer(self, **content: str) -> None:
        """Agrees, fills the cart and gets to see the offer."""
        self.agree()
        self.edge.wait(lambda: self.edge.got("/v1/batch"))
        self.add_to_cart()
        self.edge.offers = [{**OFFER, "content": {**OFFER["content"], **content}}]
        self.page.locator("kk-offer dialog").wait_for()
