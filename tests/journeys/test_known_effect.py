"""A crowd with a known true effect goes through the real product over HTTP.

Visitors consent, fill carts, are decided about and order with a probability that depends on what
they saw: 10 % in the control group, 18 % (+80 %) where the offer was shown. The report page must
count exactly what was sent, and its interval must contain the truth.
"""

from __future__ import annotations

import base64
import json
import random
import re
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey

CROWD = 400
# +80 %, and enough purchases for a verdict whomever the lot puts into which group.
BUYS = {True: 0.36, False: 0.20}
SEED = 7


@dataclass
class Tally:
    """What was really done, by whether the offer was shown."""

    exposed: Counter[bool] = field(default_factory=Counter)
    bought: Counter[bool] = field(default_factory=Counter)


class Crowd:
    """Many visitors of one shop, speaking the browser script's and the shop server's protocol."""

    def __init__(self, product: Product) -> None:
        keys = json.loads((product.home / "shop" / "keys.json").read_text())
        self.key, secret = keys["browser"], keys["server"]
        self.basic = "Basic " + base64.b64encode(f"{secret}:".encode()).decode()
        # The visitors' browsers send their origin; the shop's server has none.
        self.client = httpx.Client(
            base_url=product.edge, timeout=30, headers={"Origin": product.shop}
        )
        self.server = httpx.Client(
            base_url=product.edge, timeout=30, headers={"Authorization": self.basic}
        )
        self.tally = Tally()

    def close(self) -> None:
        self.client.close()
        self.server.close()

    def visit(self, number: int) -> None:
        dice, who = random.Random(SEED * 100_000 + number), str(uuid.uuid4())
        self._post("/v1/consent", {
            "anonymousId": who, "granted": True, "textVersion": "1", "language": "de",
            "at": now(), "pageUrl": "http://localhost/",
        })  # fmt: skip
        self._post("/v1/batch", {"batch": [self._cart(who)]})
        offer = self._decision(who)
        self._post(
            "/v1/exposure", {"token": offer["exposure"], "shown": offer["show"], "at": now()}
        )
        shown = bool(offer["show"])
        self.tally.exposed[shown] += 1
        if dice.random() < BUYS[shown]:
            self._order(who, number)
            self.tally.bought[shown] += 1

    def _cart(self, who: str) -> dict[str, Any]:
        return {
            "type": "track", "event": "Product Added", "anonymousId": who, "timestamp": now(),
            "messageId": str(uuid.uuid4()), "properties": {"cart_id": who, "price": 100, "currency": "EUR"},
        }  # fmt: skip

    def _decision(self, who: str) -> dict[str, Any]:
        for _ in range(100):
            answer = self.client.get("/v1/decide", params={"k": self.key, "a": who, "l": "de"})
            if answer.status_code == 200 and answer.json()["offers"]:
                offer: dict[str, Any] = answer.json()["offers"][0]
                return offer
            time.sleep(0.2)
        raise AssertionError("no decision within 20 s")

    def _order(self, who: str, number: int) -> None:
        body = {
            "event": "Order Completed", "anonymousId": who, "userId": f"crowd-{number}",
            "messageId": str(uuid.uuid4()), "timestamp": now(),
            "properties": {
                "order_id": f"C-{number}", "total": "119.00", "tax": "19.00", "currency": "EUR",
                "products": [{"sku": "A", "name": "Lupe", "quantity": 1, "price": "100.00"}],
                "customer": {"first_name": "Crowd", "last_name": f"Nummer {number}"},
            },
        }  # fmt: skip
        answer = self.server.post("/v1/track", json=body)
        assert answer.json()["success"], answer.text

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self.client.post(path, json={"writeKey": self.key, "sentAt": now(), **body})
        assert answer.status_code == 200, answer.text


def now() -> str:
    return datetime.now(UTC).isoformat()


def groups_of(anna: Page) -> dict[str, list[str]]:
    rows = anna.locator("#groups tbody tr")
    return {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows.all()
    }


def test_the_report_counts_exactly_what_a_crowd_did(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/insight/experiments/")
    anna.get_by_role("link", name=re.compile("Warenkorb")).first.click()
    before = {name: [int(row[0]), int(row[1])] for name, row in groups_of(anna).items()}

    crowd = Crowd(product)
    with closing(crowd), ThreadPoolExecutor(8) as pool:
        list(pool.map(crowd.visit, range(CROWD)))

    def expected(name: str, shown: bool) -> list[int]:
        old = before.get(name, [0, 0])
        return [old[0] + crowd.tally.exposed[shown], old[1] + crowd.tally.bought[shown]]

    wanted = {
        "Aktion": expected("Aktion", True),
        "Kontrollgruppe": expected("Kontrollgruppe", False),
    }
    end = time.monotonic() + 60
    while True:
        anna.reload()
        found = {name: [int(row[0]), int(row[1])] for name, row in groups_of(anna).items()}
        if found == wanted or time.monotonic() > end:
            break
        time.sleep(1)
    assert found == wanted
    low, high = interval(anna)
    assert low <= 80 <= high
    expect(anna.locator("kk-chart, .figures").first).to_be_visible()


def interval(anna: Page) -> tuple[float, float]:
    """The interval of "more purchases" in percent, as the page writes it."""
    text = anna.locator(".figures").inner_text()
    found = re.search(
        r"([+-−]?\d+)\s*%\s*…\s*([+-−]?\d+)\s*%", text.replace("−", "-").replace(".", "")
    )
    assert found, text
    return float(found.group(1)), float(found.group(2))
