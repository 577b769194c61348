"""The shop without a browser: pages, policy, cart, orders and how its server reports them."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..catalogue import BY_SLUG, PRODUCTS
from ..html import Markup, escape
from ..prices import TAX_RATE, cents, gross, price
from ..texts import euros
from .stub_edge import StubEdge
from .visitor import RunningShop

ADDRESS = {
    "first_name": "Jana", "last_name": "Weiß", "email": "Jana.Weiss@example.org", "phone": "",
    "street": "Ernst-Abbe-Platz 2", "postal_code": "07743", "city": "Jena", "country": "DE",
}  # fmt: skip
ID = "0b9f3c7e-2f2b-4c52-9d7e-5a6b7c8d9e0f"


def fill_cart(
    shop: RunningShop, slug: str = "fernglas-10x42", quantity: str = "1", cookie: str = ""
) -> str:
    response, _ = shop.ask(
        "POST",
        "/warenkorb",
        {"action": "add", "product": slug, "quantity": quantity},
        Cookie=cookie,
    )
    assert response.status == 303
    return (response.headers["Set-Cookie"] or cookie).partition(";")[0]


def place_order(shop: RunningShop, cookie: str, **more: str) -> str:
    response, text = shop.ask("POST", "/kasse", {**ADDRESS, **more}, Cookie=cookie)
    assert response.status == 303, text
    return response.headers["Location"]


def reported(edge: StubEdge, count: int = 1) -> list[dict[str, Any]]:
    requests = edge.wait(lambda: len(got := edge.got("/v1/track")) >= count and got)
    return [request.json for request in requests]


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/produkte/messuhr-10", "/warenkorb", "/impressum", "/en/privacy"]
)
def test_it_shows_its_pages_under_a_strict_policy(
    shop: RunningShop, edge: StubEdge, path: str
) -> None:
    response, text = shop.ask("GET", path)
    assert response.status == 200
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith(
        f"default-src 'none'; script-src 'self' {edge.origin}; connect-src 'self' {edge.origin}; "
        "style-src 'self'; img-src 'self'; form-action 'self'"
    )
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", text)
    assert f'lang="{"en" if path.startswith("/en") else "de"}"' in text


def test_it_includes_exactly_one_tag_of_another_origin(shop: RunningShop, edge: StubEdge) -> None:
    _, text = shop.ask("GET", "/")
    assert text.count(edge.origin) == 1
    assert f'<script src="{edge.origin}/kk.js" data-key="pk_test"' in text
    assert "data-kk" not in text


@pytest.mark.parametrize(
    "path", ["/nope", "/produkte/nope", "/bestellung?nr=nope", "/static/../server.py", "/static/"]
)
def test_it_says_so_when_there_is_no_such_page(shop: RunningShop, path: str) -> None:
    response, _ = shop.ask("GET", path)
    assert response.status == 404


def test_it_sets_no_cookie_before_something_is_in_the_cart(shop: RunningShop) -> None:
    for path in ("/", "/produkte/messuhr-10", "/warenkorb", "/kasse"):
        response, _ = shop.ask("GET", path)
        assert "Set-Cookie" not in response.headers
    assert fill_cart(shop).startswith("bergmann_cart=")


def test_it_never_names_the_cookies_secret_in_what_it_tells_others(shop: RunningShop) -> None:
    cookie = fill_cart(shop)
    _, text = shop.ask("GET", "/warenkorb", Cookie=cookie)
    assert "c-" in text
    assert cookie.partition("=")[2] not in text


def test_it_keeps_two_carts_apart(shop: RunningShop) -> None:
    first, second = fill_cart(shop), fill_cart(shop, "messuhr-10")
    _, text = shop.ask("GET", "/warenkorb", Cookie=first)
    assert "Fernglas Falke" in text
    assert "Messuhr" not in text
    assert first != second


def test_it_changes_and_removes_lines(shop: RunningShop) -> None:
    cookie = fill_cart(shop)
    fill_cart(shop, "messuhr-10", "2", cookie)
    response, text = shop.ask(
        "POST", "/warenkorb", {"action": "set", "product": "messuhr-10", "quantity": "5"},
        Cookie=cookie, Accept="application/json",
    )  # fmt: skip
    assert response.headers["Content-Type"].startswith("application/json")
    assert '"count": 6' in text
    assert '"add_to_cart"' in text
    assert '"quantity": 3' in text
    _, text = shop.ask(
        "POST", "/warenkorb", {"action": "set", "product": "messuhr-10", "quantity": "0"},
        Cookie=cookie, Accept="application/json",
    )  # fmt: skip
    assert '"remove_from_cart"' in text
    _, text = shop.ask("GET", "/warenkorb", Cookie=cookie)
    assert "Messuhr" not in text


def test_it_takes_twenty_percent_off_for_a_voucher_it_knows(shop: RunningShop) -> None:
    cookie = fill_cart(shop)
    response, text = shop.ask(
        "POST", "/warenkorb", {"action": "voucher", "voucher": "nein"}, Cookie=cookie
    )
    assert response.status == 422
    assert "kennen wir nicht" in text
    assert "416,50" in text
    shop.ask("POST", "/warenkorb", {"action": "voucher", "voucher": " kreis20 "}, Cookie=cookie)
    _, text = shop.ask("GET", "/warenkorb", Cookie=cookie)
    assert "333,20" in text
    assert "−83,30" in text


@given(
    st.dictionaries(st.sampled_from(sorted(BY_SLUG)), st.integers(1, 99), max_size=12),
    st.booleans(),
)
def test_its_sums_are_exact(items: dict[str, int], with_voucher: bool) -> None:
    totals = price(items, with_voucher=with_voucher)
    assert totals.goods + totals.shipping + totals.tax == totals.total
    assert totals.tax == cents((totals.goods + totals.shipping) * TAX_RATE)
    shown = sum(
        (gross(line.unit_net) * line.quantity for line in totals.lines), gross(totals.shipping)
    )
    assert shown == totals.total  # what the lines show adds up to what is paid


def test_it_writes_amounts_as_the_language_does() -> None:
    assert euros(Decimal("1234.50"), "de") == "1.234,50\N{NO-BREAK SPACE}€"
    assert euros(Decimal("-1234.50"), "en") == "−€1,234.50"


def test_it_reports_an_order_with_its_secret_key(shop: RunningShop, edge: StubEdge) -> None:
    cookie = fill_cart(shop, "messschieber-150", "2")
    fill_cart(shop, "linsenpflege-set", "1", cookie)
    shop.ask("POST", "/warenkorb", {"action": "voucher", "voucher": "KREIS20"}, Cookie=cookie)
    place_order(shop, cookie, visitor=ID)
    [order] = reported(edge)
    [request] = edge.got("/v1/track")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"sk_test:").decode()
    assert (order["type"], order["event"], order["anonymousId"]) == ("track", "Order Completed", ID)
    facts = order["properties"]
    assert order["messageId"] == facts["order_id"] + "-completed"
    assert order["userId"] == facts["customer"]["customer_number"]
    assert facts["cart_id"].startswith("c-")
    assert facts["coupon"] == "KREIS20"
    assert facts["currency"] == "EUR"
    assert [(line["sku"], line["quantity"], line["price"], line["tax_rate"]) for line in facts["products"]] == [
        ("BO-1150", 2, "56.00", "0.19"), ("BO-3220", 1, "16.00", "0.19"),
    ]  # fmt: skip
    assert (facts["discount"], facts["shipping"], facts["tax"], facts["total"]) == (
        "32.00",
        "0.00",
        "24.32",
        "152.32",
    )
    assert facts["customer"]["last_name"] == "Weiß"
    assert order["sentAt"] >= order["timestamp"]


def test_it_reports_no_visitor_who_has_not_agreed(shop: RunningShop, edge: StubEdge) -> None:
    place_order(shop, fill_cart(shop), visitor="")
    place_order(shop, fill_cart(shop), visitor="<script>")
    assert all("anonymousId" not in order for order in reported(edge, 2))


def test_it_knows_a_customer_again_by_their_address(shop: RunningShop, edge: StubEdge) -> None:
    place_order(shop, fill_cart(shop))
    place_order(shop, fill_cart(shop), email="jana.weiss@EXAMPLE.org")
    place_order(shop, fill_cart(shop), email="other@example.org")
    first, second, third = (order["userId"] for order in reported(edge, 3))
    assert first == second != third


def test_it_repeats_a_report_until_it_is_confirmed(shop: RunningShop, edge: StubEdge) -> None:
    edge.fail("/v1/track", (429, {"Retry-After": "1"}), 0, 401)
    place_order(shop, fill_cart(shop))
    messages = reported(edge, 4)
    edge.wait(lambda: shop.store.open_reports() == 0)
    assert len({message["messageId"] for message in messages}) == 1
    times = [request.at for request in edge.got("/v1/track")]
    assert times[1] - times[0] >= 1


def test_it_reports_an_order_placed_while_the_edge_was_down_after_a_restart(
    shop: RunningShop, edge: StubEdge, tmp_path: Path
) -> None:
    shop.delivery.stop()
    place_order(shop, fill_cart(shop))
    assert shop.store.open_reports() == 1
    arguments = [
        "--port",
        "0",
        "--edge",
        edge.origin,
        "--secret",
        "sk_test",
        "--home",
        str(tmp_path),
    ]
    again = subprocess.Popen([sys.executable, "-m", "kundenkreis.demo.shop", *arguments])
    try:
        assert len(reported(edge)) == 1
        edge.wait(lambda: shop.store.open_reports() == 0)
    finally:
        again.terminate()
        assert again.wait(4) == 0


def test_it_refuses_an_order_with_gaps_and_loses_nothing_typed(
    shop: RunningShop, edge: StubEdge
) -> None:
    cookie = fill_cart(shop)
    response, text = shop.ask(
        "POST", "/kasse", {**ADDRESS, "city": "  ", "email": "jana@"}, Cookie=cookie
    )
    assert response.status == 422
    assert text.count('aria-invalid="true"') == 2
    assert 'value="Ernst-Abbe-Platz 2"' in text
    assert shop.store.open_reports() == 0
    place_order(shop, cookie)


def test_it_orders_a_cart_once(shop: RunningShop, edge: StubEdge) -> None:
    cookie = fill_cart(shop)
    place_order(shop, cookie)
    response, _ = shop.ask("POST", "/kasse", ADDRESS, Cookie=cookie)
    assert response.status == 422
    assert len(reported(edge)) == 1


def test_it_cancels_an_order_once_and_only_by_post(shop: RunningShop, edge: StubEdge) -> None:
    address = place_order(shop, fill_cart(shop))
    shop.ask("GET", address + "&action=cancel")
    assert len(reported(edge)) == 1
    for _ in range(2):
        response, _ = shop.ask("POST", address, {"action": "cancel"})
        assert response.status == 303
    completed, cancelled = reported(edge, 2)
    assert cancelled["event"] == "Order Cancelled"
    assert cancelled["properties"] == {"order_id": completed["properties"]["order_id"]}
    assert cancelled["userId"] == completed["userId"]
    _, text = shop.ask("GET", address)
    assert "storniert" in text
    edge.wait(lambda: shop.store.open_reports() == 0)
    assert len(edge.got("/v1/track")) == 2


def test_it_reports_a_cancellation_only_after_the_order(shop: RunningShop, edge: StubEdge) -> None:
    edge.fail("/v1/track", 503, 503)
    address = place_order(shop, fill_cart(shop))
    shop.ask("POST", address, {"action": "cancel"})
    names = [message["event"].rpartition(" ")[2] for message in reported(edge, 4)]
    assert names == ["Completed", "Completed", "Completed", "Cancelled"]


def test_it_tells_the_data_layer_of_a_purchase_once(shop: RunningShop) -> None:
    address = place_order(shop, fill_cart(shop))
    assert "purchase" in shop.ask("GET", address)[1]
    assert "purchase" not in shop.ask("GET", address)[1]


def test_it_takes_no_form_from_another_origin(shop: RunningShop) -> None:
    form = {"action": "add", "product": "messuhr-10"}
    response, _ = shop.ask("POST", "/warenkorb", form, Origin="https://evil.example")
    assert response.status == 400
    response, _ = shop.ask("POST", "/warenkorb", form, Origin=shop.origin)
    assert response.status == 303


def test_it_shows_markup_as_text(shop: RunningShop) -> None:
    assert escape("<b>") == "&lt;b&gt;"
    assert escape(Markup("<b>")) == "<b>"
    _, text = shop.ask(
        "POST", "/kasse", {**ADDRESS, "city": "<script>", "email": ""}, Cookie=fill_cart(shop)
    )
    assert "<script>" not in text


def test_it_has_a_picture_and_both_languages_for_every_product(shop: RunningShop) -> None:
    for product in PRODUCTS:
        assert shop.ask("GET", f"/static/products/{product.slug}.svg")[0].status == 200
        assert shop.ask("GET", f"/en/products/{product.slug}")[0].status == 200
        assert all((*product.name, *product.lead))
        assert product.net % 5 == 0
