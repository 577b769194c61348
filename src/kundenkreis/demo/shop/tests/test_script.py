"""The browser script on the shop's pages, in a real browser, against a stand-in for the edge."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Visitor
from .stub_edge import BUILT, StubEdge
from .test_shop import ADDRESS

pytestmark = pytest.mark.journey
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SCRIPTS = Path(__file__).parents[5] / "frontend/shop"
STORED = """async () => ({
  local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie,
  databases: (await indexedDB.databases()).map((one) => one.name), caches: await caches.keys(),
})"""
OFFER: dict[str, Any] = {
    "campaign": "k-1", "variant": "test", "kind": "interstitial", "show": True, "exposure": "signed.token",
    "content": {
        "title": "20 % auf Ihren Warenkorb", "text": "Nur heute.", "button": "Zum Warenkorb", "url": "/warenkorb",
        "voucher": "KREIS20", "legal": "Dieser Preis wurde für Sie persönlich berechnet.", "language": "de",
    },
}  # fmt: skip


def traces(visitor: Visitor) -> list[str]:
    """What was left on the device or sent that could name the visitor; empty before consent."""
    found = visitor.page.evaluate(STORED)
    left = [f"{kind}: {value}" for kind, value in found.items() if value]
    cookies = [cookie["name"] for cookie in visitor.context.cookies()]
    left += [f"cookie: {name}" for name in cookies if name != "bergmann_cart"]
    for request in visitor.edge.requests:
        plain = request.path in ("/kk.js", "/v1/count") and not request.query
        if not plain or request.text not in ("", '{"writeKey":"pk_test"}'):
            left.append(f"request: {request.path} {request.query} {request.text}")
        left += [
            f"header: {name}" for name in request.headers if name.lower() in ("cookie", "x-id")
        ]
    return left


def wander(visitor: Visitor) -> None:
    """Looks around and fills the cart without answering the question."""
    for path in ("/", "/produkte/messuhr-10", "/kasse"):
        visitor.go(path)
    visitor.go("/produkte/fernglas-10x42")
    visitor.add_to_cart()
    visitor.page.evaluate(
        "kk.identify('K-1', {email: 'a@b.example'}); kk.track('Anything', {a: 1}); kk.page()"
    )
    visitor.page.wait_for_timeout(600)


def test_it_stores_and_sends_nothing_that_names_a_visitor_before_consent(visitor: Visitor) -> None:
    wander(visitor)
    assert traces(visitor) == []
    assert visitor.page.evaluate("[kk.consent.state(), kk.anonymousId()]") == ["unknown", None]
    visitor.go("/warenkorb")
    expect(visitor.page.locator(".line")).to_have_count(1)  # the cart itself works


MISDEEDS = {
    "local": "localStorage.setItem('seen', '1');",
    "session": "sessionStorage.setItem('seen', '1');",
    "cookie": "document.cookie = 'seen=1';",
    "database": "indexedDB.open('seen');",
    "cache": "caches.open('seen');",
    "query": "fetch(new URL('/v1/count?a=1', document.currentScript.src));",
    "batch": "fetch(new URL('/v1/batch', document.currentScript.src), {method: 'POST', body: '{}'});",
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_control_it_would_notice_a_script_that_stores_or_tells(
    visitor: Visitor, misdeed: str
) -> None:
    visitor.edge.smuggled = MISDEEDS[misdeed]
    visitor.go("/impressum")
    visitor.page.wait_for_timeout(300)
    assert traces(visitor) != []


def test_rejecting_is_as_easy_as_accepting(visitor: Visitor) -> None:
    visitor.go("/")
    look = """(button) => { const {width, height} = button.getBoundingClientRect(), css = getComputedStyle(button);
      return [width, height, css.font, css.color, css.backgroundColor, css.border, css.opacity] }"""
    buttons = visitor.page.locator("kk-consent button")
    assert buttons.all_text_contents() == ["Ablehnen", "Zustimmen"]
    looks = [button.evaluate(look) for button in buttons.all()]
    assert looks[0] == looks[1]
    assert min(looks[0][:2]) >= 44  # a finger hits it
    focused = "document.activeElement.shadowRoot?.activeElement?.textContent ?? ''"
    steps = []
    for _ in range(3):
        visitor.page.keyboard.press("Tab")
        steps.append(visitor.page.evaluate(focused))
    assert steps == ["Datenschutz", "Ablehnen", "Zustimmen"]
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("kk-consent")).to_have_count(0)
    assert visitor.stored() == {"kk.consent": "denied"}


def test_it_remembers_a_refusal_without_an_id_and_stays_silent(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.answer("Ablehnen")
    visitor.go("/produkte/fernglas-10x42")
    visitor.add_to_cart()
    visitor.page.wait_for_timeout(600)
    expect(visitor.page.locator("kk-consent")).to_have_count(0)
    assert visitor.stored() == {"kk.consent": "denied"}
    assert {request.path for request in visitor.edge.requests} == {"/kk.js", "/v1/count"}
    assert visitor.page.evaluate("kk.consent.state()") == "denied"


def test_it_asks_in_the_language_of_the_page_and_can_be_put_off(visitor: Visitor) -> None:
    visitor.go("/en/")
    banner = visitor.page.locator("kk-consent")
    expect(banner.get_by_role("dialog", name="May we evaluate your visit?")).to_be_visible()
    expect(banner.get_by_role("link", name="Privacy")).to_have_attribute("href", "/en/privacy")
    banner.get_by_role("button", name="Reject").focus()
    visitor.page.keyboard.press("Escape")
    expect(banner).to_have_count(0)
    assert visitor.stored() == {}
    visitor.go("/en/")
    expect(banner).to_have_count(1)


def test_it_takes_a_privacy_signal_of_the_browser_as_a_refusal(visitor: Visitor) -> None:
    visitor.context.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
    )
    visitor.go("/")
    assert visitor.page.evaluate("kk.consent.state()") == "denied"
    expect(visitor.page.locator("kk-consent")).to_have_count(0)
    visitor.page.get_by_role("button", name="Datenschutz-Einstellungen").click()
    visitor.answer("Zustimmen")
    assert visitor.page.evaluate("kk.consent.state()") == "granted"


def test_it_sends_the_consent_before_the_events_it_permits(
    visitor: Visitor, edge: StubEdge
) -> None:
    me = visitor.agree()
    edge.wait(lambda: edge.events("Product Viewed"))
    visitor.add_to_cart()
    [added] = edge.wait(lambda: edge.events("Product Added"))
    assert UUID.fullmatch(me)
    [consent] = edge.consents()
    at = consent.pop("at")
    assert consent.pop("sentAt") >= at
    assert consent == {
        "writeKey": "pk_test", "anonymousId": me, "granted": True, "textVersion": "2026-11", "language": "de",
        "pageUrl": visitor.shop.origin + "/produkte/messuhr-10",
    }  # fmt: skip
    posts = [request.path for request in edge.requests if request.method == "POST"]
    assert posts[:3] == ["/v1/count", "/v1/consent", "/v1/batch"]
    assert [event["type"] for event in edge.events()[:2]] == ["page", "track"]
    assert added["anonymousId"] == me
    assert added["properties"]["product_id"] == "messuhr-10"
    assert added["properties"]["cart_id"].startswith("c-")
    assert added["context"]["page"]["path"] == "/produkte/messuhr-10"
    assert added["context"]["locale"] == "de"
    assert UUID.fullmatch(added["messageId"])
    for request in edge.requests:
        assert request.method != "OPTIONS"  # no preflight
        assert "Cookie" not in request.headers
        if request.method == "POST":
            assert request.headers["Content-Type"].startswith("text/plain")


def test_it_keeps_addresses_free_of_queries_but_knows_the_campaign(
    visitor: Visitor, edge: StubEdge
) -> None:
    visitor.go("/?email=jana@example.org&utm_source=brief&utm_campaign=herbst#oben")
    visitor.answer("Zustimmen")
    [page] = edge.wait(lambda: [event for event in edge.events() if event["type"] == "page"])
    assert page["context"]["campaign"] == {"source": "brief", "name": "herbst"}
    assert page["context"]["page"]["url"] == visitor.shop.origin + "/"
    assert "jana" not in json.dumps(page)


def test_it_reads_what_the_shop_says_by_attributes(visitor: Visitor, edge: StubEdge) -> None:
    visitor.agree()
    visitor.page.evaluate("""() => {
      document.querySelector("h1").dataset.track = "Title Clicked";
      document.querySelector("h1").dataset.trackProperties = '{"sku": "BO-1310"}';
      document.querySelector("form.add").dataset.track = "Form Sent";
    }""")
    visitor.page.locator("h1").click()
    visitor.page.locator(
        "form.add input[type=number]"
    ).click()  # a click in a form is not its submission
    visitor.add_to_cart()
    edge.wait(lambda: edge.events("Form Sent"))
    assert edge.events("Title Clicked")[0]["properties"] == {"sku": "BO-1310"}
    assert len(edge.events("Form Sent")) == 1


def test_it_groups_events_of_a_moment_into_one_batch(visitor: Visitor, edge: StubEdge) -> None:
    visitor.agree()
    edge.wait(lambda: edge.events("Product Viewed"))
    visitor.page.evaluate("for (let i = 0; i < 23; i++) kk.track('Tick', {i})")
    edge.wait(lambda: len(edge.events("Tick")) == 23)
    sizes = [len(request.json["batch"]) for request in edge.got("/v1/batch")[1:]]
    assert max(sizes) <= 10
    assert len(sizes) == 3
    assert [event["properties"]["i"] for event in edge.events("Tick")] == list(range(23))


def test_it_repeats_what_the_edge_could_not_take(visitor: Visitor, edge: StubEdge) -> None:
    edge.fail("/v1/batch", 503, 0, (429, {"Retry-After": "2"}))
    visitor.agree()
    edge.wait(lambda: len(edge.got("/v1/batch")) >= 4, 15)
    batches = edge.got("/v1/batch")
    first = [{event["messageId"] for event in request.json["batch"]} for request in batches[:4]]
    assert first[0] <= first[3]
    assert batches[3].at - batches[2].at >= 2
    visitor.until("!localStorage['kk.outbox']")
    assert "kk.id" in visitor.stored()


def test_it_drops_what_the_edge_refuses_for_good_with_a_warning(
    visitor: Visitor, edge: StubEdge
) -> None:
    edge.fail("/v1/batch", 400)
    visitor.agree()
    visitor.until("!localStorage['kk.outbox']")
    visitor.page.wait_for_timeout(800)
    assert len(edge.got("/v1/batch")) == 1
    assert any("refused /v1/batch 400" in line for line in visitor.console)


def test_it_loses_nothing_when_pages_change_while_the_edge_is_down(
    visitor: Visitor, edge: StubEdge
) -> None:
    edge.fail("/v1/consent", *[503] * 200)
    visitor.agree()
    visitor.add_to_cart()
    visitor.go("/kasse")
    waiting = [
        item[2]["messageId"]
        for item in json.loads(visitor.stored()["kk.outbox"])
        if item[1] == "/v1/batch"
    ]
    assert len(waiting) >= 4
    edge.failures.clear()
    visitor.go("/")
    edge.wait(lambda: {event["messageId"] for event in edge.events()} >= set(waiting), 15)


def test_it_keeps_at_most_a_hundred_items_and_never_drops_the_consent(
    visitor: Visitor, edge: StubEdge
) -> None:
    edge.fail("/v1/consent", *[503] * 200)
    visitor.agree()
    visitor.page.evaluate("for (let i = 0; i < 150; i++) kk.track('Tick', {i})")
    items = json.loads(visitor.stored()["kk.outbox"])
    assert len(items) == 100
    assert items[0][1] == "/v1/consent"
    assert items[-1][2]["properties"] == {"i": 149}


def test_it_never_breaks_the_shop_with_a_bad_event(visitor: Visitor, edge: StubEdge) -> None:
    visitor.agree()
    visitor.page.evaluate("const loop = {}; loop.loop = loop; kk.track('Loop', loop)")
    visitor.page.evaluate("kk.track('Large', {text: 'x'.repeat(40000)})")
    visitor.page.evaluate(
        "dataLayer.push(undefined, 7, {event: 'add_to_cart'}, {ecommerce: null}); kk.track('Fine')"
    )
    edge.wait(lambda: edge.events("Fine"))
    assert not edge.events("Loop") + edge.events("Large")


def test_it_counts_a_visit_once(visitor: Visitor, edge: StubEdge) -> None:
    visitor.go("/")
    visitor.page.locator(".card").first.click()
    visitor.page.wait_for_url("**/produkte/*")
    visitor.page.reload()
    visitor.page.go_back()
    visitor.until("!!(window.kk && window.kk.track)")
    visitor.page.wait_for_timeout(300)
    assert len(edge.got("/v1/count")) == 1


@pytest.mark.parametrize("show", [True, False])
def test_it_exposes_test_and_control_alike_but_shows_only_test(
    visitor: Visitor, edge: StubEdge, show: bool
) -> None:
    visitor.agree()
    edge.wait(lambda: edge.got("/v1/batch"))
    edge.offers = [{**OFFER, "show": show}]
    visitor.add_to_cart()
    [body] = edge.wait(edge.exposures)
    assert body.pop("sentAt") >= body.pop("at")
    assert body == {"writeKey": "pk_test", "token": "signed.token", "shown": show}
    assert len(edge.got("/kk-offer.js")) == 1  # the same loading for both
    expect(visitor.page.locator("kk-offer")).to_have_count(1 if show else 0)


def test_it_waits_for_the_decision_that_an_event_causes(visitor: Visitor, edge: StubEdge) -> None:
    visitor.agree()
    edge.wait(lambda: edge.got("/v1/batch"))
    asked = len(edge.got("/v1/decide"))
    visitor.add_to_cart()
    edge.wait(lambda: len(edge.got("/v1/decide")) == asked + 1)
    edge.offers = [OFFER]  # the membership comes after the first question
    visitor.page.locator("kk-offer dialog").wait_for()
    times = [request.at for request in edge.got("/v1/decide")[asked:]]
    assert 0.2 < times[1] - times[0] < 3
    visitor.page.wait_for_timeout(1500)
    assert len(edge.got("/v1/decide")) == asked + 2  # and stops
    question = edge.got("/v1/decide")[-1].query
    assert question == {"k": "pk_test", "a": visitor.page.evaluate("kk.anonymousId()"), "l": "de"}


def test_it_asks_again_when_the_edge_says_so(visitor: Visitor, edge: StubEdge) -> None:
    edge.again = 1
    visitor.agree("/")
    edge.wait(lambda: len(edge.got("/v1/decide")) >= 3)
    edge.again = None


def open_offer(visitor: Visitor, **content: str) -> None:
    visitor.agree()
    visitor.edge.wait(lambda: visitor.edge.got("/v1/batch"))
    visitor.edge.offers = [{**OFFER, "content": {**OFFER["content"], **content}}]
    visitor.add_to_cart()
    visitor.page.locator("kk-offer dialog").wait_for()


def test_its_dialogue_closes_with_escape_and_gives_the_focus_back(
    visitor: Visitor, edge: StubEdge
) -> None:
    open_offer(visitor)
    dialog = visitor.page.get_by_role("dialog", name="20 % auf Ihren Warenkorb")
    expect(dialog).to_be_visible()
    inside = "document.activeElement.localName"
    for _ in range(8):  # the focus stays inside
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(inside) in ("kk-offer", "body")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("kk-offer")).to_have_count(0)
    assert visitor.page.evaluate("document.activeElement.textContent") == "In den Warenkorb"
    [closed] = edge.wait(lambda: edge.events("Offer Closed"))
    assert closed["properties"] == {"campaign": "k-1", "variant": "test"}


def test_its_dialogue_copies_the_code_and_leads_to_the_shop(
    visitor: Visitor, edge: StubEdge
) -> None:
    visitor.context.grant_permissions(
        ["clipboard-read", "clipboard-write"], origin=visitor.shop.origin
    )
    open_offer(visitor)
    offer = visitor.page.locator("kk-offer")
    expect(offer.locator("small")).to_have_text("Dieser Preis wurde für Sie persönlich berechnet.")
    offer.get_by_role("button", name="Kopieren").click()
    expect(offer.get_by_role("button", name="Kopiert")).to_be_visible()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == "KREIS20"
    offer.get_by_role("link", name="Zum Warenkorb").click()
    visitor.page.wait_for_url("**/warenkorb")
    edge.wait(lambda: edge.events("Offer Clicked"))
    assert not edge.events("Offer Closed")


def test_it_shows_an_offer_once_per_visit(visitor: Visitor, edge: StubEdge) -> None:
    open_offer(visitor)
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("a.basket").click()
    visitor.page.wait_for_url("**/warenkorb")
    visitor.page.wait_for_timeout(800)
    assert len(edge.exposures()) == 1
    visitor.go("/")  # typed address: a new visit
    visitor.page.locator("kk-offer dialog").wait_for()
    edge.wait(lambda: len(edge.exposures()) == 2)


def test_it_shows_an_offer_on_every_page_when_the_edge_says_so(
    visitor: Visitor, edge: StubEdge
) -> None:
    open_offer(visitor)
    edge.offers = [{**OFFER, "repeat": "page"}]
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("a.basket").click()
    visitor.page.wait_for_url("**/warenkorb")
    visitor.page.locator("kk-offer dialog").wait_for()


def test_it_does_not_interrupt_someone_who_writes(visitor: Visitor, edge: StubEdge) -> None:
    visitor.agree()
    visitor.add_to_cart()
    visitor.go("/kasse")
    visitor.page.locator("[name=first_name]").focus()
    edge.offers = [OFFER]
    visitor.page.evaluate("kk.track('Anything')")
    edge.wait(lambda: edge.got("/kk-offer.js"))
    visitor.page.wait_for_timeout(700)
    expect(visitor.page.locator("kk-offer")).to_have_count(0)
    assert not edge.exposures()
    visitor.page.evaluate("document.activeElement.blur()")
    visitor.page.locator("kk-offer dialog").wait_for()
    edge.wait(edge.exposures)


def test_it_shows_markup_as_text_and_follows_no_script_address(visitor: Visitor) -> None:
    open_offer(visitor, title="<img src=x onerror=alert(1)>", url="javascript:alert(1)")
    offer = visitor.page.locator("kk-offer")
    expect(offer.locator("h2")).to_have_text("<img src=x onerror=alert(1)>")
    expect(offer.locator("a, img")).to_have_count(0)
    offer.get_by_role("button", name="Zum Warenkorb").click()
    expect(offer).to_have_count(0)


def test_withdrawing_takes_everything_off_the_device(visitor: Visitor, edge: StubEdge) -> None:
    me = visitor.agree()
    visitor.page.evaluate("kk.identify('K-1')")
    edge.wait(lambda: len(edge.events()) >= 3)
    button = visitor.page.get_by_role("button", name="Datenschutz-Einstellungen")
    button.click()
    assert visitor.page.evaluate("document.activeElement.localName") == "kk-consent"
    visitor.answer("Ablehnen")
    expect(button).to_be_focused()
    _, withdrawal = edge.wait(lambda: len(edge.consents()) == 2 and edge.consents())
    assert (withdrawal["granted"], withdrawal["anonymousId"]) == (False, me)
    visitor.until("!localStorage['kk.outbox']")
    assert visitor.stored() == {"kk.consent": "denied"}
    events = len(edge.events())
    visitor.add_to_cart()
    visitor.page.wait_for_timeout(500)
    assert len(edge.events()) == events


def test_a_withdrawal_reaches_the_edge_even_when_it_was_down(
    visitor: Visitor, edge: StubEdge
) -> None:
    me = visitor.agree()
    visitor.until("!localStorage['kk.outbox']")
    edge.fail("/v1/consent", *[503] * 100)
    visitor.page.evaluate("kk.consent.open()")
    visitor.answer("Ablehnen")
    edge.wait(lambda: len(edge.got("/v1/consent")) >= 2)
    edge.failures.clear()
    visitor.go("/")
    edge.wait(lambda: (me, False) in [(c["anonymousId"], c["granted"]) for c in edge.consents()])
    visitor.until("!localStorage['kk.outbox']")


def test_logging_out_starts_a_new_id_under_the_same_consent(
    visitor: Visitor, edge: StubEdge
) -> None:
    me = visitor.agree()
    visitor.page.evaluate(
        "kk.push(['identify', 'K-1', {plan: 'a'}, 'signed'], ['reset'], ['track', 'After'])"
    )
    [after] = edge.wait(lambda: edge.events("After"))
    first, second = edge.consents()
    assert after["anonymousId"] == second["anonymousId"] != me
    assert "userId" not in after
    assert first["at"] == second["at"]
    [identify] = [event for event in edge.events() if event["type"] == "identify"]
    assert (identify["userId"], identify["token"], identify["traits"]) == (
        "K-1",
        "signed",
        {"plan": "a"},
    )


@pytest.mark.parametrize("words", ["Zustimmen", "Ablehnen"])
def test_an_order_names_the_visitor_only_after_consent(
    visitor: Visitor, edge: StubEdge, words: str
) -> None:
    visitor.go("/produkte/fernglas-10x42")
    visitor.answer(words)
    me = visitor.page.evaluate("kk.anonymousId()")
    visitor.add_to_cart()
    visitor.go("/kasse")
    for name, value in ADDRESS.items():
        if name != "country":
            visitor.page.locator(f"[name={name}]").fill(value)
    visitor.page.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    visitor.page.wait_for_url("**/bestellung?nr=*")
    [order] = [request.json for request in edge.wait(lambda: edge.got("/v1/track"))]
    assert order.get("anonymousId") == (me if words == "Zustimmen" else None)
    number = visitor.page.url.partition("nr=")[2]
    if me:
        [told] = edge.wait(lambda: edge.events("Order Completed"))
        assert told["properties"]["order_id"] == order["properties"]["order_id"]
        assert told["properties"]["total"] == float(order["properties"]["total"])
    assert number not in json.dumps(edge.events())  # the address of an order is a secret


def test_control_it_would_notice_a_breach_of_the_policy(visitor: Visitor) -> None:
    visitor.edge.smuggled = "document.head.append(Object.assign(document.createElement('style'), {textContent: 'b{}'}));"
    visitor.go("/")
    visitor.violations_expected = True


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_and_the_shop_are_accessible(visitor: Visitor, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    visitor.go("/")
    found["home"] = axe.run(visitor.page)
    open_offer(visitor) if visitor.page.locator("kk-consent").count() else None
    found["offer"] = axe.run(visitor.page)
    visitor.page.keyboard.press("Escape")
    for path in ("/warenkorb", "/kasse"):
        visitor.go(path)
        visitor.page.keyboard.press("Escape")
        found[path] = axe.run(visitor.page)
    serious = {
        name: [(one["id"], [node["target"] for node in one["nodes"]]) for one in result.response["violations"]
               if one["impact"] in ("serious", "critical")]
        for name, result in found.items()
    }  # fmt: skip
    assert not any(serious.values()), serious


def test_it_fits_a_phone(visitor: Visitor) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    open_offer(visitor)
    wide = "document.documentElement.scrollWidth"
    box = visitor.page.locator("kk-offer dialog").bounding_box()
    assert box
    assert box["width"] == 390
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    assert visitor.page.evaluate(wide) == 390
    visitor.page.keyboard.press("Escape")
    for path in ("/", "/en/", "/warenkorb", "/kasse", "/datenschutz"):
        visitor.go(path)
        assert visitor.page.evaluate(wide) == 390


@pytest.mark.parametrize("name", ["kk.js", "kk-offer.js"])
def test_it_weighs_at_most_five_kilobytes(name: str) -> None:
    if not (BUILT / name).exists():
        pytest.skip(f"the browser script is not built: {name} is missing")
    assert len(gzip.compress((BUILT / name).read_bytes(), 9)) <= 5 * 1024


def test_its_own_unit_tests_pass() -> None:
    node = shutil.which("node")
    if not node or not SCRIPTS.exists():
        pytest.skip("no Node: the unit tests of the browser script are not run")
    began = time.monotonic()
    run = subprocess.run(
        [node, "--test", *sorted(SCRIPTS.glob("*.test.mjs"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert time.monotonic() - began < 60
