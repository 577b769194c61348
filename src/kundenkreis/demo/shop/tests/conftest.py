"""A running shop, a stand-in for the edge, and visitors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ..delivery import Delivery
from ..pages import Site
from ..server import ShopServer
from ..shop import Shop
from ..store import Store
from .stub_edge import BUILT, StubEdge
from .visitor import RunningShop, Visitor

# A cross-origin page cannot see these by itself; the shop's own page can.
WATCH_CSP = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""


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


@pytest.fixture
def visitor(browser: Browser, shop: RunningShop, edge: StubEdge) -> Iterator[Visitor]:
    if not (BUILT / "kk.js").exists() or not (BUILT / "kk-offer.js").exists():
        pytest.skip("the browser script is not built (kk.js, kk-offer.js): run `make setup`")
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
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
