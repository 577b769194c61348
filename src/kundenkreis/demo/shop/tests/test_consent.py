"""Consent on the shop's pages, in a real browser, against a stand-in for the edge."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from .stub_edge import StubEdge
from .test_shop import ADDRESS
from .visitor import Visitor

pytestmark = pytest.mark.journey
STORED = """async () => ({
  local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie,
  databases: (await indexedDB.databases()).map((one) => one.name), caches: await caches.keys(),
})"""


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
