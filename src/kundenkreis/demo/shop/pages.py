"""Renders the shop's pages; reads nothing but its arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from typing import Any

from . import events
from .catalogue import BY_SLUG, CATEGORIES, PRODUCTS, Product
from .html import Markup, data, fill, join
from .prices import Line, Totals, gross
from .store import Cart
from .texts import PATHS, TEXTS, Language, euros

Json = dict[str, Any]
SIGN_DONE = "M20 33l8 8 17-18"
SIGN_OFF = "M22 22l20 20M42 22L22 42"
RELATED = 4


@dataclass(frozen=True)
class Site:
    """How the shop includes the tag: origin of the edge and public key; none without a key."""

    edge: str
    key: str

    def tag(self, language: Language) -> Markup:
        """The one line that a shop adds to its pages."""
        if not self.key:
            return Markup("")
        return fill("tag", edge=self.edge, key=self.key, privacy=PATHS[language]["privacy"])


class Page:
    """One answer in one language, for one visitor's cart."""

    def __init__(self, site: Site, language: Language, cart: Cart | None) -> None:
        self.site, self.language, self.cart = site, language, cart
        self.paths = PATHS[language]
        self._common: dict[str, object] = {
            f"t_{name}": words for name, words in TEXTS[language].items()
        }
        self._common |= {f"p_{name}": path for name, path in self.paths.items()}

    def text(self, name: str, **values: str) -> str:
        """A text in the page's language."""
        return Template(TEXTS[self.language][name]).substitute(values)

    def name(self, product: Product) -> str:
        """A product's name in the page's language."""
        return product.name[self._index].replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")

    @property
    def _index(self) -> int:
        return 0 if self.language == "de" else 1

    def _fill(self, name: str, /, **values: object) -> Markup:
        return fill(name, **{**self._common, **values})

    def _whole(
        self, title: str, content: Markup, *, kind: str, rest: str = "", layer: Iterable[Json] = ()
    ) -> Markup:
        other: Language = "en" if self.language == "de" else "de"
        return self._fill(
            "layout", lang=self.language, title=f"{title} · Bergmann Optik", content=content,
            tag=self.site.tag(self.language), other=PATHS[other][kind] + rest, other_lang=other,
            count=self.cart.count if self.cart else 0, layer=data(list(layer)),
        )  # fmt: skip

    def _url(self, product: Product) -> str:
        return self.paths["product"] + product.slug

    def _cards(self, products: Iterable[Product]) -> Markup:
        return join([
            self._fill("card", slug=one.slug, url=self._url(one), name=self.name(one), price=self._price(one))
            for one in products
        ])  # fmt: skip

    def _price(self, product: Product) -> str:
        return euros(gross(product.net), self.language)

    def home(self) -> Markup:
        """Every product, by category."""
        shelves = [
            self._fill(
                "shelf",
                id=slug,
                title=names[self._index],
                cards=self._cards(p for p in PRODUCTS if p.category == slug),
            )
            for slug, names in CATEGORIES.items()
        ]
        bestseller = self._url(PRODUCTS[0])
        content = self._fill("home", shelves=join(shelves), bestseller=bestseller)
        return self._whole(self.text("claim"), content, kind="home")

    def product(self, product: Product) -> Markup:
        """One product with its technical data."""
        near = [p for p in PRODUCTS if p.category == product.category and p is not product]
        far = [p for p in PRODUCTS if p.category != product.category]
        specs = [
            fill("spec", label=label[self._index], value=value[self._index])
            for label, value in product.specs
        ]
        content = self._fill(
            "product", slug=product.slug, sku=product.sku, name=self.name(product), lead=product.lead[self._index],
            price=self._price(product), specs=join(specs), category=product.category,
            category_name=CATEGORIES[product.category][self._index], related=self._cards([*near, *far][:RELATED]),
        )  # fmt: skip
        viewed = events.layer("view_item", [events.item(product)])
        return self._whole(
            self.name(product), content, kind="product", rest=product.slug, layer=[viewed]
        )

    def cart_page(self, totals: Totals, note: str = "", *, good: bool = True) -> Markup:
        """The cart with voucher field, or a friendly word when it is empty."""
        if self.cart is None or not totals.lines:
            return self._whole(
                self.text("cart"), self._fill("message", message=self.text("empty")), kind="cart"
            )
        lines = [
            self._fill(
                "line", slug=line.product.slug, url=self._url(line.product), name=self.name(line.product),
                quantity=line.quantity, each=self._price(line.product), sum=euros(line.full_gross, self.language),
            )
            for line in totals.lines
        ]  # fmt: skip
        if self.cart.voucher and not note:
            note = self.text("voucher_on", code=self.cart.voucher)
        content = self._fill(
            "cart", lines=join(lines), totals=self._totals(totals), voucher=self.cart.voucher,
            note=note, note_class="good" if good else "bad",
        )  # fmt: skip
        seen = events.layer("view_cart", self._items(totals.lines), cart=self.cart)
        return self._whole(self.text("cart"), content, kind="cart", layer=[seen])

    @staticmethod
    def _items(lines: Iterable[Line]) -> list[Json]:
        return [events.item(line.product, line.quantity) for line in lines]

    def _totals(self, totals: Totals) -> Markup:
        off = fill(
            "off", label=self.text("discount"), amount=euros(-gross(totals.discount), self.language)
        )
        shipping = (
            euros(gross(totals.shipping), self.language) if totals.shipping else self.text("free")
        )
        full = gross(totals.goods + totals.discount)
        return self._fill(
            "totals", goods=euros(full, self.language), discount=off if totals.discount else Markup(""),
            shipping=shipping, total=euros(totals.total, self.language), tax=euros(totals.tax, self.language),
        )  # fmt: skip

    def _mini(self, lines: Iterable[tuple[str, int, str]]) -> Markup:
        rows = [
            fill("mini", slug=slug, name=self.name(BY_SLUG[slug]), quantity=quantity, price=price)
            for slug, quantity, price in lines
            if slug in BY_SLUG
        ]
        return join(rows)

    def summary(self, totals: Totals) -> Markup:
        """Lines and sums beside the order form and on the thank-you page."""
        rows = [
            (line.product.slug, line.quantity, euros(line.full_gross, self.language))
            for line in totals.lines
        ]
        return self._mini(rows)

    def checkout(self, totals: Totals, fields: dict[str, Markup], problem: Markup) -> Markup:
        """The order form."""
        content = self._fill(
            "checkout",
            lines=self.summary(totals),
            totals=self._totals(totals),
            problem=problem,
            **fields,
        )
        begun = events.layer("begin_checkout", self._items(totals.lines), cart=self.cart)
        return self._whole(self.text("checkout_title"), content, kind="checkout", layer=[begun])

    def thanks(self, order: Json, totals: Totals, *, token: str) -> Markup:
        """After the order; tells the data layer once, and offers to cancel."""
        off = bool(order["cancelled"])
        title = self.text("cancelled" if off else "thanks")
        told = self.text(
            "cancelled_text" if off else "thanks_text",
            order_id=order["order_id"],
            email=order["email"],
        )
        action = f"{self.paths['order']}?nr={token}"
        content = self._fill(
            "thanks", sign=SIGN_OFF if off else SIGN_DONE, headline=title, told=told, lines=self.summary(totals),
            totals=self._totals(totals), cancel=Markup("") if off else self._fill("cancel", action=action),
        )  # fmt: skip
        bought = events.layer(
            "purchase",
            self._items(totals.lines),
            transaction_id=order["order_id"],
            value=float(totals.total),
            cart_id=order["cart_id"],
        )
        layer = [] if order["seen"] else [bought]
        return self._whole(title, content, kind="order", rest=f"?nr={token}", layer=layer)

    def prose(self, kind: str) -> Markup:
        """A page of plain text: imprint or privacy."""
        return self._whole(self.text(kind), fill(f"{kind}_{self.language}"), kind=kind)

    def not_found(self) -> Markup:
        """Says so and leads on."""
        content = self._fill("message", message=self.text("not_found"))
        return self._whole(self.text("not_found"), content, kind="home")
