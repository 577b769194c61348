"""What the browser script sends, in which order, and what it does when that fails."""

from __future__ import annotations

import json
import re

import pytest

from .stub_edge import StubEdge
from .visitor import Visitor

pytestmark = pytest.mark.journey
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


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
