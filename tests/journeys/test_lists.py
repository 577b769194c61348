"""What a list is for: put in groups and added up, kept as a view, and changed many rows at once."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.running import Product
from tests.journeys.staff import logged_in

pytestmark = pytest.mark.journey


def head(page: Page, group: str) -> Locator:
    return page.locator("#list .group-row", has=page.get_by_role("button", name=group, exact=True))


def test_a_list_is_put_in_groups_and_added_up(product: Product, anna: Page) -> None:
    said: list[str] = []
    anna.on("pageerror", lambda error: said.append(str(error)))
    anna.goto(f"{product.staff}/crm/opportunities/")
    anna.get_by_role("button", name="Gruppieren nach").click()
    anna.get_by_role("menuitemradio", name="Phase").click()
    count = int(head(anna, "Neu").locator(".meta").inner_text())
    rows = anna.locator("#list tbody tr[data-url]")
    shown = rows.count()
    expect(head(anna, "Neu").locator(".sum")).to_have_text("32.200,00 €")
    expect(anna.locator("#list tfoot .sum")).to_have_text("381.550,00 €")
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []

    # A folded group shows what it adds up to; the address knows, and a search keeps the groups.
    head(anna, "Neu").get_by_role("button", name="Neu", exact=True).click()
    expect(rows).to_have_count(shown - count)
    expect(head(anna, "Neu").locator(".sum")).to_have_text("32.200,00 €")
    anna.reload()
    expect(head(anna, "Neu").get_by_role("button", name="Neu", exact=True)).to_have_attribute(
        "aria-expanded", "false"
    )
    head(anna, "Neu").get_by_role("link", name="Nur Neu").click()
    expect(rows).to_have_count(count)
    expect(anna.locator("#list .group-row")).to_have_count(1)
    anna.get_by_placeholder("Suchen", exact=True).fill("Pilot")
    expect(rows).to_have_count(1)
    expect(head(anna, "Neu").locator(".meta")).to_have_text("1")
    assert said == []


def test_a_view_is_saved_pinned_and_passed_on(
    product: Product, anna: Page, browser: Browser
) -> None:
    anna.goto(f"{product.staff}/crm/opportunities/?group=stage&sort=-value_minor")
    anna.get_by_role("button", name="Als Ansicht speichern").click()
    dialog = anna.get_by_role("dialog", name="Als Ansicht speichern")
    dialog.get_by_label("Name").fill("Nach Phase")
    dialog.get_by_label("Sichtbar für").select_option("public")
    dialog.get_by_role("button", name="Speichern").click()
    tab = anna.get_by_role("navigation", name="Ansichten").get_by_role("link", name="Nach Phase")
    expect(tab.first).to_have_attribute("aria-current", "page")
    address = anna.url

    # It stands as a tab wherever one comes from, and its address shows a colleague the same.
    anna.goto(f"{product.staff}/crm/opportunities/")
    tab.first.click()
    expect(head(anna, "Neu")).to_be_visible()
    first = anna.locator("#list tbody tr[data-url] a").first.inner_text()
    ben = logged_in(browser, product, who=1)
    ben.goto(address)
    expect(head(ben, "Neu")).to_be_visible()
    expect(ben.locator("#list tbody tr[data-url] a").first).to_have_text(first)
    ben.context.close()


def tag_two(page: Page, tag: str) -> None:
    boxes = page.locator("#list tbody").get_by_role("checkbox")
    for number in (0, 1):
        boxes.nth(number).check()
    page.get_by_role("toolbar").get_by_role("button", name="Schlagwörter").click()
    dialog = page.get_by_role("dialog", name="2 Datensätze")
    dialog.get_by_label("Neue Schlagwörter").fill(tag)
    dialog.get_by_role("button", name="Speichern").click()


def test_chosen_rows_are_changed_together_and_taken_back(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/products/?columns=name,tags")
    tagged = anna.locator("#list tbody tr", has_text="Auslauf 2027")
    tag_two(anna, "Auslauf 2027")
    expect(tagged).to_have_count(2)
    anna.get_by_role("status").get_by_role("button", name="Rückgängig").click()
    expect(tagged).to_have_count(0)

    # A tag in use narrows the list, and is suggested where tags are typed.
    tag_two(anna, "Auslauf 2027")
    expect(tagged).to_have_count(2)
    anna.reload()
    anna.locator(".filters").get_by_role("button", name="Schlagwörter").click()
    anna.get_by_role("menuitemcheckbox", name="Auslauf 2027").click()
    expect(anna.locator("#list tbody tr[data-url]")).to_have_count(2)
    anna.goto(f"{product.staff}/crm/products/1/")
    fact = anna.locator("dt", has_text="Schlagwörter").locator("xpath=following-sibling::dd[1]")
    fact.locator(".value").click()
    typed = fact.locator("input:not([type=hidden])")
    expect(typed).to_be_focused()
    typed.press_sequentially("Neu, aus", delay=40)
    suggested = fact.locator("datalist option")
    expect(suggested).to_have_attribute("value", "Neu, Auslauf 2027", timeout=15_000)
