"""A new user's day with lists: find, change, keep a view, Excel and back; and whom it is hidden from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.running import Product
from tests.journeys.staff import logged_in_as

pytestmark = pytest.mark.journey

FIRM = "Müller Straßenbau GmbH"
EMAIL, PASSWORD = "lea.eigen@kundenkreis.example", "vier leise Igel"
DIALOG = "Suchen und gehen zu"


@pytest.fixture
def lea(product: Product, browser: Browser) -> Iterator[Page]:
    """Somebody who may see only what is theirs."""
    known = {**os.environ, "KUNDENKREIS_HOME": str(product.home), **product.databases}
    known |= {"KUNDENKREIS_FIRST_PASSWORD": PASSWORD}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    command = [
        "add-user",
        EMAIL,
        "--name",
        "Lea Eigen",
        "--role",
        "temporary",
        "--until",
        "2099-01-31",
    ]
    subprocess.run(
        [sys.executable, "-m", "kundenkreis.config.main", *command], env=known, check=True
    )
    page = logged_in_as(browser, product, EMAIL, PASSWORD)
    yield page
    page.context.close()


@pytest.fixture
def table(product: Product, anna: Page) -> Iterator[None]:
    """Lists are no longer edited in place afterwards: that is a setting of hers, for all tests."""
    yield
    anna.goto(f"{product.staff}/crm/organisations/")
    if anna.get_by_role("grid", name="Firmen").count():
        anna.keyboard.press("e")
        expect(anna.get_by_role("grid", name="Firmen")).to_have_count(0)


def make_firm(page: Page, product: Product, name: str) -> None:
    page.goto(f"{product.staff}/crm/organisations/new/")
    page.locator("input[name=name]").fill(name)
    page.get_by_role("button", name="Anlegen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def cell(page: Page, firm: str, name: str) -> Locator:
    row = page.locator("kk-grid tbody tr", has=page.get_by_role("link", name=firm, exact=True))
    return row.locator(f"td[data-name={name}]")


def download(page: Page, format_: str, path: Path) -> Path:
    """The list as a file."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("link", name=re.compile(format_)).click()
    waiting.value.save_as(path)
    return path


def with_other_texts(workbook: Path, texts: dict[str, str]) -> Path:
    """A copy of a workbook as somebody saves it who typed something else into some cells."""
    copy = workbook.with_name("changed.xlsx")
    with ZipFile(workbook) as old, ZipFile(copy, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).decode() if name.endswith(".xml") else old.read(name)
            if isinstance(content, str):
                for before, after in texts.items():
                    content = content.replace(f">{before}<", f">{after}<")
            new.writestr(name, content)
    return copy


def test_from_the_first_search_to_excel_and_back(
    product: Product, anna: Page, table: None, tmp_path: Path
) -> None:
    make_firm(anna, product, FIRM)

    # Found as it is typed in a hurry.
    anna.wait_for_load_state()
    anna.keyboard.press("Control+k")
    dialog = anna.get_by_role("dialog", name=DIALOG)
    expect(dialog).to_be_visible()
    anna.keyboard.type("muelle strasse")
    expect(dialog.get_by_role("option", name=FIRM).first).to_be_visible()
    anna.keyboard.press("Escape")

    # Changed in the list.
    anna.goto(f"{product.staff}/crm/organisations/?q=muelle+strasse")
    expect(anna.locator("#list tbody").get_by_role("link", name=FIRM)).to_have_count(1)
    if anna.get_by_role("grid", name="Firmen").count() == 0:
        anna.keyboard.press("e")
    expect(anna.get_by_role("grid", name="Firmen")).to_be_visible()
    cell(anna, FIRM, "industry").click()
    anna.keyboard.type("Tiefbau")
    anna.keyboard.press("Enter")
    expect(cell(anna, FIRM, "industry")).to_have_attribute("data-value", "Tiefbau")

    # Kept as a view that is found again.
    anna.get_by_role("button", name="Als Ansicht speichern", exact=True).click()
    view = anna.get_by_role("dialog", name="Als Ansicht speichern")
    view.locator("input[name=name]").fill("Straßenbauer")
    view.get_by_role("button", name="Speichern").click()
    expect(anna).to_have_url(re.compile("view="))

    # Taken to Excel, changed there, looked over, taken over, and taken back.
    workbook = download(anna, "Excel", tmp_path / "firmen.xlsx")
    changed = with_other_texts(workbook, {"Tiefbau": "Hochbau"})
    anna.goto(f"{product.staff}/crm/organisations/import/")
    anna.get_by_label("Dateien").set_input_files(changed)
    anna.get_by_role("button", name="Weiter").click()
    expect(anna.get_by_role("row", name=FIRM)).to_contain_text("Hochbau", timeout=15_000)
    anna.get_by_role("button", name=re.compile("Zeilen? übernehmen")).click()
    expect(anna.get_by_text("Der Import ist fertig.")).to_be_visible(timeout=15_000)
    anna.get_by_role("button", name="Import rückgängig machen").click()
    expect(anna.get_by_text(re.compile("wieder wie vorher"))).to_be_visible()
    anna.goto(f"{product.staff}/crm/organisations/?q=muelle+strasse")
    expect(cell(anna, FIRM, "industry")).to_have_text("Tiefbau")


def test_who_may_see_only_their_own_finds_only_that_everywhere(
    product: Product, anna: Page, lea: Page, tmp_path: Path
) -> None:
    own, foreign = "Kieswerk Eigen", "Kieswerk Fremd"
    make_firm(anna, product, foreign)
    make_firm(lea, product, own)

    lea.goto(f"{product.staff}/crm/organisations/")
    expect(lea.locator("#list")).to_contain_text(own)
    expect(lea.locator("#list")).not_to_contain_text(foreign)
    expect(lea.get_by_text("1 Datensatz", exact=True)).to_be_visible()
    lea.goto(f"{product.staff}/crm/organisations/?q=kieswerk")
    expect(lea.get_by_text("1 Datensatz", exact=True)).to_be_visible()
    lea.wait_for_load_state()
    lea.keyboard.press("Control+k")
    dialog = lea.get_by_role("dialog", name=DIALOG)
    expect(dialog).to_be_visible()
    lea.keyboard.type("kieswerk")
    expect(dialog.get_by_role("option", name=own)).to_be_visible()
    expect(dialog.get_by_role("option", name=foreign)).to_have_count(0)
    lea.keyboard.press("Escape")
    # Files are not for this role: neither a button nor the address.
    expect(lea.get_by_role("button", name="Export")).to_have_count(0)
    assert lea.request.get(f"{product.staff}/crm/organisations/export.csv").status == 403
    # The same questions, asked by somebody who may, find both.
    anna.goto(f"{product.staff}/crm/organisations/?q=kieswerk")
    expect(anna.get_by_text("2 Datensätze", exact=True)).to_be_visible()
    rows = download(anna, "CSV", tmp_path / "alle.csv").read_text("utf-8-sig")
    assert own in rows
    assert foreign in rows
