"""A running shop, a stand-in for the edge, and a browser where one is installed."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ..delivery import Delivery
from ..pages import Site
from ..server import ShopServer
from ..shop import Shop
from ..store import Store
from .stub_edge import BUILT, StubEdge

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
CHROMIUM += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# A cross-origin page cannot see these by itself; the shop's own page can.
WATCH_CSP = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""


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


@pytest.fixture
def edge() -> Iterator[StubEdge]:
    server = StubEdge()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(edge: StubEdge, tmp_path: Path) -> Iterator[RunningShop]:
    store = Store(tmp_path)
    delivery = Delivery(store, edge.origin, "sk_test")
    site = Site(edge.origin, "pk_test")
    server = ShopServer(("127.0.0.1", 0), Shop(store, site, frozenset({"KREIS20"})), delivery.wake)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    delivery.start()
    yield RunningShop(f"http://127.0.0.1:{server.server_port}", store, delivery)
    delivery.stop()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not (BUILT / "kk.js").exists() or not (BUILT / "kk-offer.js").exists():
        pytest.skip("the browser script is not built: kk.js and kk-offer.js are missing")
    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(installed).exists():
            pytest.skip("no browser: Chromium is not installed")
        browser = playwright.chromium.launch(executable_path=installed, args=CHROMIUM)
        yield browser
        browser.close()


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


@pytest.fixture
def visitor(chromium: Browser, shop: RunningShop, edge: StubEdge) -> Iterator[Visitor]:
    context = chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH_CSP)
    someone = Visitor(context.new_page(), context, shop, edge)
    someone.page.on("console", lambda message: someone.console.append(message.text))
    someone.page.on("pageerror", lambda error: someone.console.append(f"error: {error}"))
    yield someone
    violations = someone.violations()
    errors = [line for line in someone.console if line.startswith("error: ")]
    context.close()
    assert not errors
    assert bool(violations) == someone.violations_expected, violations
