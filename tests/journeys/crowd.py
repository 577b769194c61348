"""A crowd of visitors, as real events over HTTP, of which is known who buys how often."""

from __future__ import annotations

import base64
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from kundenkreis.demo.launch import VOUCHER
from tests.journeys.running import Product

SEED = 7


@dataclass(frozen=True)
class Group:
    """What a group is called, what its people see, and how many of them really buy."""

    name: str
    voucher: str
    buys: float


# Enough purchases for a verdict whomever the lot puts into which group.
CONTROL = Group("Kontrollgruppe", "", 0.20)
ONE_OFFER = {"control": CONTROL, "offer": Group("Aktion", VOUCHER, 0.36)}


class Crowd:
    """Many visitors of one shop, speaking the browser script's and the shop server's protocol."""

    def __init__(self, product: Product, event: str, groups: Mapping[str, Group]) -> None:
        keys = json.loads((product.home / "shop" / "keys.json").read_text())
        self.key, secret = keys["browser"], keys["server"]
        self.event, self.groups = event, groups
        self.basic = "Basic " + base64.b64encode(f"{secret}:".encode()).decode()
        # The visitors' browsers send their origin; the shop's server has none.
        self.client = httpx.Client(
            base_url=product.edge, timeout=30, headers={"Origin": product.shop}
        )
        self.server = httpx.Client(
            base_url=product.edge, timeout=30, headers={"Authorization": self.basic}
        )

    def close(self) -> None:
        self.client.close()
        self.server.close()

    def come(self, people: int) -> Counter[tuple[str, bool]]:
        """Let so many visit; how many of each group did not buy, and did."""
        with closing(self), ThreadPoolExecutor(8) as pool:
            return Counter(pool.map(self.visit, range(people)))

    def visit(self, number: int) -> tuple[str, bool]:
        """The group that a visitor is in, and whether they bought."""
        dice, who = random.Random(SEED * 100_000 + number), str(uuid.uuid4())
        self._post("/v1/consent", {
            "anonymousId": who, "granted": True, "textVersion": "1", "language": "de",
            "at": now(), "pageUrl": "http://localhost/",
        })  # fmt: skip
        self._post("/v1/batch", {"batch": [self._trigger(who)]})
        offer, again = self._decision(who), self._decision(who)
        slug = require_own(offer, self.groups)
        assert {**offer, "exposure": ""} == {**again, "exposure": ""}
        self._post(
            "/v1/exposure", {"token": offer["exposure"], "shown": offer["show"], "at": now()}
        )
        buys = dice.random() < self.groups[slug].buys
        if buys:
            self._order(who)
        return slug, buys

    def _trigger(self, who: str) -> dict[str, Any]:
        return {
            "type": "track", "event": self.event, "anonymousId": who, "timestamp": now(),
            "messageId": str(uuid.uuid4()), "properties": {"cart_id": who, "price": 100, "currency": "EUR"},
        }  # fmt: skip

    def _decision(self, who: str) -> dict[str, Any]:
        for _ in range(100):
            answer = self.client.get("/v1/decide", params={"k": self.key, "a": who, "l": "de"})
            if answer.status_code == 200 and answer.json()["offers"]:
                [offer] = answer.json()["offers"]
                return dict(offer)
            time.sleep(0.2)
        raise AssertionError("no decision within 20 s")

    def _order(self, who: str) -> None:
        body = {
            "event": "Order Completed", "anonymousId": who, "userId": f"crowd-{who}",
            "messageId": str(uuid.uuid4()), "timestamp": now(),
            "properties": {
                "order_id": f"C-{who}", "total": "119.00", "tax": "19.00", "currency": "EUR",
                "products": [{"sku": "A", "name": "Lupe", "quantity": 1, "price": "100.00"}],
                "customer": {"first_name": "Crowd", "last_name": f"Nummer {who}"},
            },
        }  # fmt: skip
        answer = self.server.post("/v1/track", json=body)
        assert answer.json()["success"], answer.text

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self.client.post(path, json={"writeKey": self.key, "sentAt": now(), **body})
        assert answer.status_code == 200, answer.text


def now() -> str:
    return datetime.now(UTC).isoformat()


def require_own(offer: Mapping[str, Any], groups: Mapping[str, Group]) -> str:
    """The group of an answer, which shows what belongs to it and nothing else."""
    slug = str(offer["variant"])
    assert offer["show"] == (slug != "control")
    assert offer["content"].get("voucher", "") == groups[slug].voucher
    return slug
