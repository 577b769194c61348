"""Somebody is entered who is there already: the form says so; later the queue brings both together."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey
PATIENCE = 120_000  # the whole base is compared by a process that has to load first


def test_who_is_entered_twice_is_noticed_and_becomes_one_person(
    product: Product, anna: Page
) -> None:
    anna.goto(f"{product.staff}/crm/persons/new/")
    form, beside = anna.locator("#new-record"), anna.locator("#alike")
    expect(beside).to_contain_text("wer vielleicht schon da ist")
    form.get_by_label("Vorname").fill("Tobias")
    form.get_by_label("Nachname").fill("Brandt")
    # A name alone claims nothing.
    expect(beside).to_contain_text("was nichts beweist")
    form.get_by_label("E-Mail").press_sequentially("brandt@solarwerk-jena.example")
    expect(beside).to_contain_text("Gibt es diese Person schon?")
    expect(beside).to_contain_text("gleiche E-Mail-Adresse")
    with anna.expect_popup() as opened:
        beside.get_by_role("link", name="Tobias Brandt").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Tobias Brandt")
    opened.value.close()
    expect(form.get_by_label("Nachname")).to_have_value("Brandt")  # nothing is lost
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    form.get_by_label("Vorname").fill("T.")
    form.get_by_role("button", name="Anlegen").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("T. Brandt")

    # The queue finds them; merging leads through the page that shows both.
    anna.get_by_role("navigation", name="Hauptnavigation").get_by_role(
        "link", name="Dubletten"
    ).click()
    anna.get_by_role("button", name="Jetzt vergleichen").click()
    pair = anna.locator("article.twins", has_text="T. Brandt")
    expect(pair).to_be_visible(timeout=PATIENCE)
    expect(pair).to_contain_text("E-Mail: gleich")
    serious = [
        one["id"]
        for one in Axe().run(anna).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    pair.get_by_role("link", name="Vergleichen und zusammenführen").click()
    anna.get_by_role("button", name="Zusammenführen").click()
    expect(
        anna.get_by_text(re.compile("ist jetzt Teil|gehört jetzt zu|Teil dieses"))
    ).to_be_visible()
    anna.goto(f"{product.staff}/crm/duplicates/")
    expect(anna.locator("article.twins", has_text="T. Brandt")).to_have_count(0)
