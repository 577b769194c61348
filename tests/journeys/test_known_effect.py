"""Crowds with known true effects go through the real product over HTTP.

Visitors consent, do what brings them into the segment, are decided about and order with a
probability that depends on which group they are in. Every visitor sees what belongs to their own
group, always the same, the control group nothing; the report page must count exactly what was
done, and its intervals must contain the truth.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.crowd import CONTROL, ONE_OFFER, Crowd, Group, require_own
from tests.journeys.running import Product

pytestmark = pytest.mark.journey

Counts = dict[str, list[int]]  # people and buyers, by the name of the group
TWO_OFFERS = {
    "control": CONTROL,
    "offer": Group("Nachlass", "NACHLASS", 0.40),
    "b": Group("Versand", "VERSAND", 0.60),
}


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
