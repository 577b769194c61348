"""A record and the people who work on it: at the same time, with the keyboard, over days."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.running import Product
from tests.journeys.staff import logged_in

pytestmark = pytest.mark.journey


def fact(page: Page, label: str) -> Locator:
    found: Locator = page.locator("dt", has_text=label).locator("xpath=following-sibling::dd[1]")
    return found


def typed_into(page: Page, label: str, text: str) -> Locator:
    """A fact opened for changing, with something typed but not saved; empty ones are folded."""
    if not fact(page, label).is_visible():
        fact(page, label).locator("xpath=ancestor::details/summary").click()
    fact(page, label).locator(".value").click()
    field = fact(page, label).locator("input:not([type=hidden])")
    field.fill(text)
    return field


def test_two_people_change_the_same_record_and_neither_loses_anything(
    product: Product, anna: Page, browser: Browser
) -> None:
    ben = logged_in(browser, product, who=1)
    for page in (anna, ben):
        page.goto(f"{product.staff}/crm/organisations/?q=Rheintal")
        page.get_by_role("link", name="Rheintal Logistik").click()
    annas = typed_into(anna, "Land", "Schweiz")
    typed_into(ben, "Land", "Liechtenstein").press("Enter")
    expect(fact(ben, "Land").locator(".value")).to_have_text("Liechtenstein")

    # Enter, pressed twice, overwrites nothing; leaving the field does not either.
    annas.press("Enter")
    question = fact(anna, "Land").get_by_role("alert")
    expect(question).to_contain_text("Ben Marks hat das inzwischen geändert")
    expect(question).to_contain_text("Liechtenstein")
    anna.keyboard.press("Enter")
    anna.locator(".record-main").click(position={"x": 5, "y": 5})
    expect(annas).to_have_value("Schweiz")
    question.get_by_role("button", name="Meinen speichern").click()
    expect(fact(anna, "Land").locator(".value")).to_have_text("Schweiz")

    # Another fact of the same record is nobody's question.
    ours = typed_into(ben, "Gegründet", "1987")
    typed_into(anna, "Beschäftigte", "42").press("Enter")
    expect(fact(anna, "Beschäftigte").locator(".value")).to_have_text("42")
    ours.press("Enter")
    expect(fact(ben, "Gegründet").locator(".value")).to_have_text("1987")
    expect(fact(ben, "Beschäftigte").locator(".value")).to_have_text("42")
    ben.context.close()


def test_a_colleague_walks_through_a_list_keeps_a_favourite_and_looks_beside(
    product: Product, anna: Page
) -> None:
    anna.goto(f"{product.staff}/crm/organisations/?sort=name")
    names = anna.locator("#list tbody .primary-cell a").all_inner_texts()
    anna.locator("#list tbody .primary-cell a").first.click()
    anna.wait_for_load_state("networkidle")
    heading = anna.get_by_role("heading", level=1)
    anna.keyboard.press("Control+ArrowRight")
    expect(heading).to_have_text(names[1])
    anna.wait_for_load_state("networkidle")
    anna.keyboard.press("s")
    favourites = anna.locator(".side")
    expect(favourites.get_by_role("link", name=names[1])).to_be_visible()
    anna.wait_for_load_state("networkidle")
    anna.keyboard.press("Control+ArrowLeft")
    expect(heading).to_have_text(names[0])

    # A related record opens beside the page, at an address of its own.
    anna.goto(f"{product.staff}/crm/organisations/?q=Rheintal")
    anna.get_by_role("link", name="Rheintal Logistik").click()
    anna.locator(".record-facts a[href^='/crm/persons/']:not([href*=new])").first.click()
    panel = anna.get_by_role("dialog", name="Person")
    expect(panel).to_be_visible()
    anna.reload()
    expect(panel).to_be_visible()
    anna.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    anna.wait_for_url(lambda url: "panel" not in url, timeout=5_000)
    anna.goto(f"{product.staff}/crm/persons/")
    anna.wait_for_load_state("networkidle")
    anna.keyboard.press("j")
    anna.keyboard.press("Space")
    expect(panel).to_be_visible()


def test_what_was_done_and_is_to_be_done_is_written_down_beside_the_record(
    product: Product, anna: Page, browser: Browser
) -> None:
    anna.goto(f"{product.staff}/crm/organisations/?q=Rheintal")
    anna.get_by_role("link", name="Rheintal Logistik").click()
    anna.wait_for_load_state("networkidle")
    anna.keyboard.press("t")
    anna.keyboard.type("Angebot mit @ben")
    anna.get_by_role("listbox", name="Kolleg").get_by_role("option", name="Ben Marks").click()
    anna.keyboard.type("abstimmen")
    anna.wait_for_timeout(1_000)  # until the draft is kept
    anna.reload()
    composer = anna.locator("#composer")
    expect(composer.locator("textarea")).to_have_value("Angebot mit @Ben Marks abstimmen")
    expect(composer.get_by_role("radio", name="Aufgabe")).to_be_checked()
    composer.locator("textarea").focus()
    anna.keyboard.press("Control+Enter")
    planned = anna.locator("#upcoming-panel")
    expect(planned).to_contain_text("Angebot mit @Ben Marks abstimmen")
    expect(composer.locator("textarea")).to_have_value("")
    planned.get_by_role("button", name="Erledigt: Angebot mit").click()
    timeline = anna.locator("#timeline-entries")
    expect(timeline.get_by_text("Aufgabe erledigt")).to_be_visible()
    anna.locator("select[name=topic]").select_option("orders")
    expect(timeline.get_by_text("Aufgabe erledigt")).to_have_count(0)

    ben = logged_in(browser, product, who=1)
    ben.get_by_role("link", name="Posteingang").click()
    expect(ben.get_by_role("link", name="Anna Seidel hat Sie erwähnt")).to_be_visible()
    ben.context.close()


def test_a_firm_that_is_still_needed_says_so_where_one_is(product: Product, anna: Page) -> None:
    anna.goto(f"{product.staff}/crm/organisations/?q=Hafner")
    anna.get_by_role("region", name="Firmen").get_by_role("link", name="Hafner").click()
    page = anna.url
    anna.get_by_role("button", name="Mehr").first.click()
    anna.get_by_role("button", name="Löschen").click()
    anna.locator("#remove").get_by_role("button", name="Löschen").click()
    told = anna.locator("#held")
    expect(told).to_contain_text("Dieser Datensatz lässt sich nicht löschen.")
    assert anna.url == page
    told.get_by_role("link", name="Rahmenvertrag 2027").click()
    expect(anna.locator("h1, .record-title").first).to_contain_text("Rahmenvertrag 2027")


def test_what_the_browser_has_styled_is_swapped_without_a_complaint(
    product: Product, anna: Page
) -> None:
    """A style attribute, such as that of a field somebody has made larger, is not written again."""
    anna.goto(f"{product.staff}/crm/organisations/?q=Hafner")
    anna.get_by_role("region", name="Firmen").get_by_role("link", name="Hafner").click()
    anna.evaluate(
        "document.querySelectorAll('main [id]').forEach((e) => e.style.minHeight = '1px')"
    )
    anna.get_by_placeholder("Etwas schreiben").fill("Ein Vermerk")
    anna.keyboard.press("Control+Enter")
    expect(anna.locator("#timeline-panel")).to_contain_text("Ein Vermerk")


def test_a_phone_shows_what_is_next_then_what_happened_and_the_facts_last(
    product: Product, anna: Page
) -> None:
    anna.goto(f"{product.staff}/crm/organisations/?q=Rheintal")
    anna.get_by_role("link", name="Rheintal Logistik").click()
    anna.set_viewport_size({"width": 390, "height": 844})
    order = [".record-next", ".record-main", ".record-aside", ".record-facts"]
    boxes = [anna.locator(f".record > {part}").bounding_box() for part in order]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 4
    assert tops == sorted(tops)
    # The keyboard goes the way the eye does.
    anna.locator(".record-next button").first.focus()
    met: list[str] = []
    for _ in range(120):
        here = anna.evaluate("document.activeElement.closest('.record > *')?.classList[0] ?? ''")
        if here not in ("", *met):
            met.append(here)
        anna.keyboard.press("Tab")
    assert [f".{name}" for name in met] == order
