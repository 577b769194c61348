"""Crowds with known true effects go through the real product over HTTP.

Visitors consent, do what brings them into the segment, are decided about and order with a
probability that depends on which group they are in. Every visitor sees what belongs to their own
group, always the same, the control group nothing; the report page must count exactly what was
done, and its intervals must contain the truth.
"""

from __future__ import annotations

import base64
import json
import random
import re
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
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey

SEED = 7
Counts = dict[str, list[int]]  # people and buyers, by the name of the group


@dataclass(frozen=True)
class Group:
    """What a group is called, what its people see, and how many of them really buy."""

    name: str
    voucher: str
    buys: float


# Enough purchases for a verdict whomever the lot puts into which group.
CONTROL = Group("Kontrollgruppe", "", 0.20)
ONE_OFFER = {"control": CONTROL, "offer": Group("Aktion", "KREIS20", 0.36)}
TWO_OFFERS = {
    "control": CONTROL,
    "offer": Group("Nachlass", "NACHLASS", 0.40),
    "b": Group("Versand", "VERSAND", 0.60),
}


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


def counted(page: Page) -> Counts:
    """People and buyers as the report says them."""
    rows = page.locator("#groups tbody tr").all()
    cells = [(row.locator("th").inner_text(), row.locator("td").all_inner_texts()) for row in rows]
    return {name: [int(cell) for cell in row[:2]] for name, row in cells}


def after(before: Counts, did: Counter[tuple[str, bool]], groups: Mapping[str, Group]) -> Counts:
    """What the report has to say once a crowd did that."""
    wanted = {}
    for slug, group in groups.items():
        people, buyers = before.get(group.name, [0, 0])
        bought, left = did[slug, True], did[slug, False]
        wanted[group.name] = [people + bought + left, buyers + bought]
    return wanted


def wait_for(page: Page, wanted: Counts) -> Counts:
    """What the report says as soon as it is what was wanted, or after a minute."""
    end = time.monotonic() + 60
    while True:
        page.reload()
        found = counted(page)
        if found == wanted or time.monotonic() > end:
            return found
        time.sleep(1)


def require_truth(page: Page, groups: Mapping[str, Group]) -> None:
    """The interval of each offer contains its true effect, and nothing stands in the way."""
    expect(page.locator(".report-head")).not_to_contain_text("geplante Größe")
    effects = [100 * (group.buys / CONTROL.buys - 1) for group in groups.values()][1:]
    figures = page.locator(".figure", has_text="Mehrkäufe").all_inner_texts()
    for text, effect in zip(figures, effects, strict=True):
        low, high = interval(text)
        assert low <= effect <= high, (text, effect)


def interval(text: str) -> tuple[float, float]:
    """The interval in percent, as a figure writes it."""
    found = re.search(
        r"([+-]?\d+)\s*%\s*…\s*([+-]?\d+)\s*%", text.replace("−", "-").replace(".", "")
    )
    assert found, text
    return float(found[1]), float(found[2])


def test_the_report_counts_exactly_what_a_crowd_did(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/insight/experiments/")
    anna.get_by_role("link", name=re.compile("Warenkorb")).first.click()
    before = counted(anna)
    did = Crowd(product, "Product Added", ONE_OFFER).come(400)
    wanted = after(before, did, ONE_OFFER)
    assert wait_for(anna, wanted) == wanted
    require_truth(anna, ONE_OFFER)
    expect(anna.locator("kk-chart, .figures").first).to_be_visible()


def test_of_two_offers_each_is_counted_and_judged_by_itself(product: Product, anna: Page) -> None:
    launch_two_offers(product, anna)
    did = Crowd(product, "Catalogue Opened", TWO_OFFERS).come(480)
    wanted = after({}, did, TWO_OFFERS)
    assert wait_for(anna, wanted) == wanted
    require_truth(anna, TWO_OFFERS)
    mixed_up = {"control": "control", "offer": "b", "b": "offer"}
    wrong = Counter({(mixed_up[slug], bought): count for (slug, bought), count in did.items()})
    assert counted(anna) != after({}, wrong, TWO_OFFERS)


def launch_two_offers(product: Product, page: Page) -> None:
    """Start a campaign with 30 % control and offers of weight 3 and 4; ends on its report."""
    page.goto(f"{product.staff}/engage/segments/new/")
    page.get_by_label("Name (Deutsch)").fill("Katalog geöffnet")
    page.get_by_label("Bedingung", exact=True).select_option("performed")
    page.locator(".condition").get_by_label("Ereignis").select_option("")
    page.locator(".condition").get_by_label("Ereignis").fill("Catalogue Opened")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Aktivieren").click()
    page.goto(f"{product.staff}/engage/campaigns/new/")
    page.get_by_role("button", name="Aktion hinzufügen").click()
    page.locator("[name=b-title_de]").wait_for()
    page.locator("[name=segment_id]").select_option(label="Katalog geöffnet")
    typed = {"name": "Zwei Aktionen", "control_percent": "30", "weight": "3", "b-weight": "4"}
    for prefix, group in (("", TWO_OFFERS["offer"]), ("b-", TWO_OFFERS["b"])):
        typed |= {f"{prefix}{name}_de": group.name for name in ("label", "title")}
        typed |= {f"{prefix}voucher": group.voucher}
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Entwurf speichern").click()
    page.get_by_role("button", name="Starten").click()
    expect(page.locator(".tag", has_text="Läuft")).to_be_visible()
    page.goto(f"{product.staff}/insight/experiments/")
    page.get_by_role("link", name="Zwei Aktionen").click()


def test_an_offer_of_another_group_would_be_seen() -> None:
    right = {"variant": "b", "show": True, "content": {"voucher": "VERSAND"}}
    assert require_own(right, TWO_OFFERS) == "b"
    for wrong in (
        {**right, "content": {"voucher": "NACHLASS"}},
        {**right, "variant": "control"},
        {**right, "show": False},
    ):
        with pytest.raises(AssertionError):
            require_own(wrong, TWO_OFFERS)
