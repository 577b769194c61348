"""What a visitor can do: look, fill a cart, order, cancel. No HTTP here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from . import checkout
from .catalogue import BY_SLUG
from .events import Buyer, item, layer, order_cancelled, order_completed
from .html import Markup, fill
from .pages import Page, Site
from .prices import Totals, price
from .store import Cart, Store, new_order_id
from .texts import Language

Json = dict[str, Any]
MOST_PIECES = 99


@dataclass(frozen=True)
class Shop:
    """The shop; `vouchers` are the codes it accepts, in capitals."""

    store: Store
    site: Site
    vouchers: frozenset[str]

    def page(self, language: Language, token: str | None) -> Page:
        """A page for the visitor with this cart cookie."""
        return Page(self.site, language, self.store.cart(token) if token else None)

    def totals(self, cart: Cart | None) -> Totals:
        """Prices a cart."""
        return price(cart.items if cart else {}, with_voucher=bool(cart and cart.voucher))

    def set_quantity(
        self, cart: Cart | None, slug: str, quantity: int, *, add: bool
    ) -> tuple[Cart | None, list[Json]]:
        """Adds to or sets a line; returns the cart and the events for the data layer."""
        product = BY_SLUG.get(slug)
        if product is None:
            return cart, []
        cart = cart or self.store.new_cart(datetime.now(UTC))
        before = cart.items.get(slug, 0)
        after = max(0, min(MOST_PIECES, before + quantity if add else quantity))
        items = {**cart.items, slug: after}
        cart = replace(cart, items={name: count for name, count in items.items() if count})
        self.store.keep_cart(cart)
        if after == before:
            return cart, []
        kind = "add_to_cart" if after > before else "remove_from_cart"
        return cart, [layer(kind, [item(product, abs(after - before))], cart=cart)]

    def redeem(self, cart: Cart, code: str) -> bool:
        """Puts a voucher on the cart; an empty code takes it off. False when it is unknown."""
        code = code.strip().upper()
        if code and code not in self.vouchers:
            return False
        self.store.keep_cart(replace(cart, voucher=code))
        return True

    def order(self, page: Page, form: Mapping[str, str]) -> tuple[str | None, Markup]:
        """Orders the page's cart; returns the order's token, or the form again with its complaints."""
        values, wrong = checkout.read(form)
        totals = self.totals(page.cart)
        if wrong or page.cart is None or not totals.lines:
            problem = fill("problem", words=page.text("please_check"))
            return None, page.checkout(totals, checkout.fields(page, values, wrong), problem)
        number = self.store.customer_number(values["email"])
        buyer = Buyer(number, checkout.visitor(form), page.language, datetime.now(UTC))
        order_id = new_order_id(buyer.at)
        body = order_completed(
            buyer, order_id=order_id, cart=page.cart, totals=totals, address=values
        )
        details = {
            "customer_number": number,
            "email": values["email"],
            "visitor": buyer.visitor,
            "cart_id": page.cart.cart_id,
            "items": page.cart.items,
            "voucher": page.cart.voucher,
        }
        token = self.store.place(page.cart, order_id, details, body, buyer.at)
        if token is None:  # ordered already, by a second click
            return None, Page(self.site, page.language, None).cart_page(
                price({}, with_voucher=False)
            )
        return token, Markup("")

    def cancel(self, token: str, language: Language) -> bool:
        """Cancels an order; a second time does nothing. False when there is no such order."""
        order = self.store.order(token)
        if order is None:
            return False
        buyer = Buyer(order["customer_number"], order["visitor"], language, datetime.now(UTC))
        self.store.cancel(token, order_cancelled(buyer, order_id=order["order_id"]), buyer.at)
        return True

    def thanks(self, page: Page, token: str) -> Markup | None:
        """The page of an order, None when there is no such order."""
        order = self.store.order(token)
        if order is None:
            return None
        totals = price(order["items"], with_voucher=bool(order["voucher"]))
        return page.thanks(order, totals, token=token)
