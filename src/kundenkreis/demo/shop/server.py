"""Serves the shop over HTTP with the standard library, under a strict content security policy."""

from __future__ import annotations

import json
import logging
import mimetypes
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from . import checkout
from .catalogue import BY_SLUG
from .html import Markup
from .pages import Page
from .shop import Shop
from .store import CART_DAYS
from .texts import PATHS, Language

STATIC = Path(__file__).parent / "static"
COOKIE = "bergmann_cart"
MOST_BODY = 20_000  # bytes of a form
log = logging.getLogger("shop")


class ShopServer(ThreadingHTTPServer):
    """One thread per connection; calls `reported` when there is a new report to send."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], shop: Shop, reported: Callable[[], None]) -> None:
        self.shop, self.reported = shop, reported
        super().__init__(address, Handler)


class Handler(BaseHTTPRequestHandler):
    """Finds the page of an address; knows nothing about the shop's rules."""

    server: ShopServer
    protocol_version = "HTTP/1.1"
    server_version = "Bergmann"
    sys_version = ""
    timeout = 15  # seconds: a slow visitor does not hold a thread for ever

    def do_GET(self) -> None:
        """Shows a page or a file."""
        if self.path.startswith("/static/"):
            return self._static(urlsplit(self.path).path.removeprefix("/static/"))
        page, kind, rest = self._route()
        content = self._show(page, kind, rest)
        if content is None:
            return self._page(page.not_found(), HTTPStatus.NOT_FOUND)
        return self._page(content)

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def do_POST(self) -> None:
        """Changes the cart, orders, cancels; then leads to a page to look at."""
        form = self._form()
        page, kind, rest = self._route()
        if form is None or not self._same_origin():
            return self._send(HTTPStatus.BAD_REQUEST, b"", "text/plain")
        if kind == "cart":
            return self._change_cart(page, form)
        if kind == "checkout":
            return self._order(page, form)
        if kind == "order" and self.server.shop.cancel(rest, page.language):
            self.server.reported()
            return self._lead(f"{page.paths['order']}?nr={rest}")
        return self._page(page.not_found(), HTTPStatus.NOT_FOUND)

    def _route(self) -> tuple[Page, str, str]:
        """Page, kind and the rest of the address: a product, or the secret number of an order.

        That number stands in the query, because scripts of others report paths.
        """
        url = urlsplit(self.path)
        path, number = url.path, dict(parse_qsl(url.query)).get("nr", "")
        language: Language = "en" if path == "/en" or path.startswith("/en/") else "de"
        page = self.server.shop.page(language, self._cookie())
        for kind, prefix in PATHS[language].items():
            if path == prefix or path == prefix.rstrip("/"):
                return page, kind, number
            if kind != "home" and prefix.endswith("/") and path.startswith(prefix):
                return page, kind, path.removeprefix(prefix)
        return page, "", ""

    def _show(self, page: Page, kind: str, rest: str) -> Markup | None:
        shop = self.server.shop
        if kind == "home":
            return page.home()
        if kind == "product" and rest in BY_SLUG:
            return page.product(BY_SLUG[rest])
        if kind == "cart":
            return page.cart_page(shop.totals(page.cart))
        if kind == "checkout":
            totals = shop.totals(page.cart)
            if not totals.lines:
                return page.cart_page(totals)
            return page.checkout(totals, checkout.fields(page, {}, {}), Markup(""))
        if kind == "order" and rest:
            return shop.thanks(page, rest)
        return page.prose(kind) if kind in ("imprint", "privacy") else None

    def _change_cart(self, page: Page, form: dict[str, str]) -> None:
        shop = self.server.shop
        if form.get("action") == "voucher":
            if page.cart and not shop.redeem(page.cart, form.get("voucher", "")):
                bad = page.text("voucher_bad")
                content = page.cart_page(shop.totals(page.cart), bad, good=False)
                return self._page(content, HTTPStatus.UNPROCESSABLE_ENTITY)
            return self._lead(page.paths["cart"])
        quantity = form.get("quantity", "")
        wanted = (
            int(quantity) if quantity.isascii() and quantity.isdigit() and len(quantity) < 4 else 1
        )
        cart, layer = shop.set_quantity(
            page.cart, form.get("product", ""), wanted, add=form.get("action") == "add"
        )
        headers = {}
        if cart and cart.token != self._cookie():
            age = CART_DAYS * 86_400
            headers["Set-Cookie"] = (
                f"{COOKIE}={cart.token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}"
            )
        if "application/json" in self.headers.get("Accept", ""):
            body = json.dumps({"count": cart.count if cart else 0, "layer": layer}).encode()
            return self._send(HTTPStatus.OK, body, "application/json", headers)
        return self._lead(page.paths["cart"], headers)

    def _order(self, page: Page, form: dict[str, str]) -> None:
        token, content = self.server.shop.order(page, form)
        if token is None:
            return self._page(content, HTTPStatus.UNPROCESSABLE_ENTITY)
        self.server.reported()
        gone = {"Set-Cookie": f"{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"}
        return self._lead(f"{page.paths['order']}?nr={token}", gone)

    def _cookie(self) -> str | None:
        try:
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return morsel.value if morsel else None

    def _form(self) -> dict[str, str] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MOST_BODY:
            self.close_connection = True
            return None
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=50))

    def _same_origin(self) -> bool:
        origin = self.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == self.headers.get("Host")

    def _static(self, name: str) -> None:
        file = (STATIC / name).resolve()
        if not file.is_relative_to(STATIC) or not file.is_file():
            return self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return self._send(HTTPStatus.OK, file.read_bytes(), kind, {"Cache-Control": "max-age=60"})

    def _page(self, content: Markup, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, content.encode(), "text/html", {"Cache-Control": "no-store"})

    def _lead(self, path: str, headers: dict[str, str] | None = None) -> None:
        self._send(HTTPStatus.SEE_OTHER, b"", "text/plain", {"Location": path, **(headers or {})})

    def _send(
        self, status: HTTPStatus, body: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        edge = self.server.shop.site.edge
        self.send_response(status)
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'self' {edge}; connect-src 'self' {edge}; style-src 'self'; "
                "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Requests are of interest only when someone looks for them."""
        log.debug(format, *values)
