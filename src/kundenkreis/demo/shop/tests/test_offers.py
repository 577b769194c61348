"""Decisions, exposures and the dialogue of an offer, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .stub_edge import StubEdge
from .visitor import OFFER, Visitor

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("show", [True, False])
def test_it_exposes_test_and_control_alike_but_shows_only_test(
    visitor: Visitor, edge: StubEdge, show: bool
) -> None:
    visitor.agree()
    edge.wait(lambda: edge.got("/v1/batch"))
    visitor.add_to_cart()
    edge.offers = [{**OFFER, "show": show}]
    [body] = edge.wait(edge.exposures)
    assert body.pop("sentAt") >= body.pop("at")
    assert body == {"writeKey": "pk_test", "token": "signed.token", "shown": show}
    assert len(edge.got("/kk-offer.js")) == 1  # the same loading for both
    expect(visitor.page.locator("kk-offer")).to_have_count(1 if show else 0)


def test_it_waits_for_the_decision_that_an_event_causes(visitor: Visitor, edge: StubEdge) -> None:
    visitor.agree("/")
    edge.wait(lambda: edge.got("/v1/decide"))
    visitor.page.wait_for_timeout(600)
    asked = len(edge.got("/v1/decide"))  # once: a page view alone is asked for once
    assert asked == 1
    visitor.page.evaluate("kk.track('Anything')")
    edge.wait(lambda: len(edge.got("/v1/decide")) > asked)
    edge.offers = [OFFER]  # the membership comes after the first question
    visitor.page.locator("kk-offer dialog").wait_for()
    questions = edge.got("/v1/decide")
    assert len(questions) > asked + 1
    visitor.page.wait_for_timeout(1500)
    assert len(edge.got("/v1/decide")) == len(questions)  # and stops
    me = visitor.page.evaluate("kk.anonymousId()")
    assert questions[-1].query == {"k": "pk_test", "a": me, "l": "de"}


def test_it_asks_again_when_the_edge_says_so(visitor: Visitor, edge: StubEdge) -> None:
    edge.again = 1
    visitor.agree("/")
    edge.wait(lambda: len(edge.got("/v1/decide")) >= 3)
    edge.again = None


def test_its_dialogue_closes_with_escape_and_gives_the_focus_back(
    visitor: Visitor, edge: StubEdge
) -> None:
    visitor.meet_offer()
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
    visitor.meet_offer()
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
    visitor.meet_offer()
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
    visitor.meet_offer()
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
    visitor.meet_offer(title="<img src=x onerror=alert(1)>", url="javascript:alert(1)")
    offer = visitor.page.locator("kk-offer")
    expect(offer.locator("h2")).to_have_text("<img src=x onerror=alert(1)>")
    expect(offer.locator("a, img")).to_have_count(0)
    offer.get_by_role("button", name="Zum Warenkorb").click()
    expect(offer).to_have_count(0)
