"""Every staff page, in both languages and themes, on a desk and on a phone: whole and usable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.running import Product
from tests.journeys.staff import DESK, PHONE, Theme, logged_in, switch_language

pytestmark = pytest.mark.journey

PAGES = (
    "/", "/crm/persons/", "/crm/persons/1/", "/crm/persons/1/history/", "/crm/persons/new/",
    "/crm/persons/import/", "/crm/persons/bin/", "/crm/persons/fields/", "/crm/persons/fields/new/",
    "/crm/persons/layout/", "/crm/organisations/", "/crm/organisations/1/",
    "/crm/organisations/?group=industry", "/crm/opportunities/", "/crm/opportunities/1/",
    "/crm/opportunities/board/", "/crm/orders/", "/crm/orders/1/", "/crm/products/",
    "/crm/products/1/", "/crm/activities/", "/crm/activities/1/", "/crm/tasks/", "/inbox/",
    "/crm/users/", "/crm/teams/", "/crm/roles/", "/crm/roles/new/", "/crm/absences/", "/crm/fields/",
    "/engage/segments/", "/engage/segments/1/", "/engage/segments/new/?template=lapsed-regulars",
    "/engage/campaigns/", "/engage/campaigns/1/", "/engage/campaigns/new/", "/engage/profiles/",
    "/engage/events/", "/engage/sources/", "/engage/sources/new/", "/engage/purposes/",
    "/insight/experiments/", "/insight/experiments/1/", "/operation/",
    "/help/", "/help/first-day/", "/crm/persons/map/", "/crm/duplicates/", "/crm/data-quality/", "/crm/letters/new/?person=1",
    "/crm/relations/new/", "/crm/territories/new/", "/crm/informing/", "/crm/retention/",
    "/crm/data-requests/new/?person=1", "/crm/persons/1/disclose/", "/crm/persons/1/erase/",
)  # fmt: skip
SIZES = {"desk": DESK, "phone": PHONE}
# How much wider than the window the page is, also where only its content could be scrolled aside.
WIDER = """Math.max(0, ...[document.documentElement, ...document.querySelectorAll(".page")].map(
  (box) => box.scrollWidth - box.clientWidth))"""
# Tables that are cut: wider than a box around them that cannot be scrolled, also by the keyboard.
CUT = """[...document.querySelectorAll("table")].filter((table) => {
  for (let box = table.parentElement; box && table.clientWidth; box = box.parentElement)
    if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth)
      return !(getComputedStyle(box).overflowX === "auto" && box.tabIndex === 0);
  return false;
}).map((table) => table.outerHTML.slice(0, 160))"""
SERIOUS = {"serious", "critical"}


@dataclass(frozen=True)
class Look:
    """A way of looking at the product."""

    language: str
    theme: Theme
    size: str


LOOKS = [Look("de", "light", "desk"), Look("en", "dark", "phone"), Look("de", "dark", "phone")]
LOOKED_THROUGH = LOOKS[:2]  # one of each theme: the third only has longer words
if os.environ.get("KUNDENKREIS_TEST_POSTGRESQL"):
    del LOOKS[1:]  # what a page looks like does not depend on the database


@pytest.fixture(
    params=LOOKS, ids=lambda look: f"{look.language}-{look.theme}-{look.size}", scope="module"
)
def looking(
    request: pytest.FixtureRequest, product: Product, browser: Browser
) -> Iterator[tuple[Look, Page, list[str]]]:
    look: Look = request.param
    page, said = logged_in(browser, product, size=SIZES[look.size], theme=look.theme), []
    page.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    # The account's own language, so that the next look starts from a known one.
    switch_language(page, product, look.language)
    yield look, page, said
    switch_language(page, product, "de")
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_accessible(
    path: str, looking: tuple[Look, Page, list[str]], product: Product
) -> None:
    look, page, said = looking
    said.clear()
    answer = page.goto(f"{product.staff}{path}")
    assert answer is not None
    assert answer.status == 200
    assert page.locator("html").get_attribute("lang") == look.language
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WIDER) <= 0, "the page is wider than the window"
    assert page.evaluate(CUT) == []
    assert said == []
    if look not in LOOKED_THROUGH:
        return
    found = Axe().run(page)
    bad = [
        (violation["id"], violation["nodes"][0]["html"][:160])
        for violation in found.response["violations"]
        if violation["impact"] in SERIOUS
    ]
    assert bad == []


def test_a_table_that_is_cut_is_noticed(product: Product, anna: Page) -> None:
    anna.set_viewport_size({"width": 390, "height": 800})
    anna.goto(f"{product.staff}/operation/")
    assert anna.evaluate(CUT) == []
    anna.evaluate("document.querySelector('.table-wrap').style.overflow = 'hidden'")
    assert len(anna.evaluate(CUT)) == 1
