"""One running product for all journeys, and people who use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.console import COMPLAINTS
from tests.journeys.running import Product, running
from tests.journeys.staff import logged_in

BUILT = Path(__file__).parents[2] / "src/kundenkreis/edge/static/built/kk.js"


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Product]:
    if not BUILT.exists():
        pytest.skip("the front end is not built: run `make setup`")
    folder = tmp_path_factory.mktemp("product")
    with running(folder / "home", folder / "log.txt") as product:
        yield product


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No journey may leave an error in the browser's console."""
    COMPLAINTS.clear()
    yield
    assert not COMPLAINTS


@pytest.fixture
def anna(product: Product, browser: Browser) -> Iterator[Page]:
    """Anna, the administrator, logged in, in German."""
    page = logged_in(browser, product)
    yield page
    page.context.close()
