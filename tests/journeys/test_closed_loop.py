"""The ten steps of ARCHITECTURE.md, "The story of one request", in a real browser.

Visitors put something into the cart of the demo shop; the offer appears for the test group only;
orders arrive in the crm; the report says what the offer earned.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.running import Product
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

VOUCHER = "KREIS20"
MOST_VISITORS = 12


@pytest.fixture
def visitors(product: Product, browser: Browser) -> Iterator[Callable[[], Visitor]]:
    came: list[Visitor] = []

    def comes() -> Visitor:
        came.append(Visitor.comes(browser, product, len(came) + 1))
        return came[-1]

    yield comes
    for visitor in came:
        visitor.leaves()


def eventually(check: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_the_closed_loop_turns(
    product: Product, visitors: Callable[[], Visitor], anna: Page
) -> None:
    test, control = one_of_each(visitors)
    everybody = product.engage("SELECT count(*) FROM engage_profiles_profile")[0][0]

    # 1–3 the events of consenting visitors are in the log …
    kinds = {row[0] for row in product.engage("SELECT DISTINCT type FROM engage_tracking_event")}
    assert "Product Added" in kinds
    # … and who did not consent is nowhere in it
    stranger = visitors()
    stranger.puts_into_the_cart()
    stranger.page.wait_for_timeout(2_000)
    assert stranger.decisions == []
    assert product.engage("SELECT count(*) FROM engage_profiles_profile")[0][0] == everybody

    # 4–6 both groups are decided and exposed alike; only the test group sees something
    assert test.sees_the_offer()
    expect(test.page.locator("kk-offer dialog")).to_contain_text(VOUCHER)
    assert not control.sees_the_offer()
    exposed = product.engage("SELECT shown, count(*) FROM engage_campaigns_exposure GROUP BY shown")
    assert {bool(shown) for shown, _count in exposed} == {True, False}

    # 7–8 the orders arrive in the crm, once each, with their person
    test_email = test.orders(voucher=VOUCHER)
    control.orders()
    person = person_of(
        anna, product, "Besucher " + test_email.removeprefix("besucher").split("@")[0]
    )

    # 10 the customer's timeline shows every step, also those from before they were known
    steps = ("Besuch", "Warenkorb", "Testgruppe", "Bestell")

    def shows_every_step() -> bool:
        anna.reload()
        return all(step in anna.locator(".timeline").inner_text() for step in steps)

    eventually(shows_every_step, 20)
    assert person

    # 9–10 the report counts both groups and what they bought
    anna.goto(f"{product.staff}/insight/experiments/")
    anna.get_by_role("link", name=re.compile("Warenkorb")).first.click()
    groups = anna.locator("#groups tbody tr")
    expect(groups).to_have_count(2, timeout=20_000)

    def both_bought() -> bool:
        anna.reload()
        rows = [row.locator("td").all_inner_texts() for row in groups.all()]
        return len(rows) == 2 and all(int(row[1]) >= 1 for row in rows)

    eventually(both_bought, 30)
    assert [visitor.violations for visitor in (test, control, stranger)] == [[], [], []]


def one_of_each(visitors: Callable[[], Visitor]) -> tuple[Visitor, Visitor]:
    """Let visitors come until one is in the test group and one in the control group."""
    groups: dict[bool, Visitor] = {}
    for _ in range(MOST_VISITORS):
        visitor = visitors()
        visitor.accepts()
        visitor.puts_into_the_cart()
        decision = visitor.is_decided()
        groups.setdefault(decision["show"], visitor)
        if len(groups) == 2:
            return groups[True], groups[False]
    raise AssertionError(f"{MOST_VISITORS} visitors all came into the same group")


def person_of(anna: Page, product: Product, name: str) -> bool:
    """Open the person's page as soon as the link has brought them into the crm."""

    def found() -> bool:
        anna.goto(f"{product.staff}/crm/persons/?q={name}")
        return anna.get_by_role("link", name=re.compile(name)).count() > 0

    eventually(found, 20)
    anna.get_by_role("link", name=re.compile(name)).first.click()
    return True
