"""The pictures of the guide: which page each shows, and what must be on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys.running import Product

TRIES = 20
SIZE: ViewportSize = {"width": 1180, "height": 740}


@dataclass(frozen=True)
class Picture:
    """One picture; `shows` is a selector of what it is about, `first` is ticked before,
    `crowded` when many have come to the demo."""

    name: str
    path: str
    shows: str
    first: str = ""
    crowded: bool = False


PICTURES = (
    Picture("home", "/", ".two-columns .tile"),
    Picture("person", "/crm/persons/1/", ".timeline"),
    Picture("list", "/crm/persons/", ".bulk-bar", first="tbody input[type=checkbox] >> nth=0"),
    Picture("board", "/crm/opportunities/board/", "[data-card]"),
    Picture("map", "/crm/persons/map/", ".leaflet-interactive"),
    Picture("duplicates", "/crm/duplicates/", ".pair-facts"),
    Picture("segment", "/engage/segments/1/", "kk-conditions"),
    Picture("experiment", "/insight/experiments/1/", ".figures", crowded=True),
)


def take(page: Page, product: Product, picture: Picture, folder: Path, language: str) -> Path:
    """Open the page of a picture, see that it is what the guide says, and take the picture."""
    shown = page.locator(picture.shows).first
    for _try in range(TRIES):  # a new company is still being compared with itself
        page.goto(f"{product.staff}{picture.path}")
        page.wait_for_load_state("networkidle")
        if picture.first:
            page.locator(picture.first).check()
        if shown.is_visible():
            break
        page.wait_for_timeout(3_000)
    expect(shown).to_be_visible()
    file = folder / f"{picture.name}-{language}.png"
    page.screenshot(path=file, animations="disabled")
    return file
