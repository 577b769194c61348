"""S06: what people type is text, wherever it is shown: nothing of it runs, nothing had to be stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page

from kundenkreis.records.registry import TYPES
from tests.journeys.running import Product, running
from tests.journeys.scripts import LISTEN, PAYLOADS
from tests.journeys.staff import logged_in

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        bool(os.environ.get("KUNDENKREIS_TEST_POSTGRESQL")),
        reason="does not depend on the kind of database",
    ),
]

PER_TYPE, TRIES = 2, 8
PARAMETERS = (
    "q",
    "sort",
    "group",
    "where",
    "view",
    "after",
    "page",
    "next",
    "definition",
    "person",
)
PAGES = (
    "/crm/persons/",
    "/crm/opportunities/board/",
    "/crm/duplicates/",
    "/engage/segments/new/",
    "/search/",
    "/account/login/",
)
LEAST = 15  # types that a program can make
OTHERS = ("/", "/inbox/", "/crm/tasks/", "/operation/", "/crm/persons/map/", "/crm/data-quality/")


@dataclass(frozen=True)
class Attacked:
    """An installation of its own whose every type has records full of scripts."""

    product: Product
    page: Page
    records: list[str]

    def ran(self, path: str) -> list[str]:
        """What ran on a page, or had to be stopped."""
        self.page.goto(f"{self.product.staff}{path}")
        self.page.wait_for_load_state("networkidle")
        for field in self.page.locator("main :is(input, select, button):visible").all()[:3]:
            field.hover(timeout=1_000, force=True)
        hits, stopped = self.page.evaluate("[window.kkHits, window.kkStopped]")
        return [f"{path}: ran {hits} times"] * bool(hits) + [f"{path}: {one}" for one in stopped]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("attacked")
    with running(folder / "home", folder / "log.txt") as installation:
        page = logged_in(browser, installation)
        page.context.add_init_script(LISTEN)
        records = list(_fill(installation, _token(page, installation)))
        yield Attacked(installation, page, records)
        page.context.close()


def test_s06_what_is_kept_is_shown_as_text_wherever_it_is_shown(attacked: Attacked) -> None:
    lists = {path.rsplit("/", 2)[0] + "/" for path in attacked.records}
    assert len(lists) >= LEAST, lists
    pages = [*sorted(lists), *OTHERS, *attacked.records]
    pages += [f"{path}history/" for path in attacked.records[::PER_TYPE]]
    pages += [f"{path}edit/" for path in attacked.records[::PER_TYPE]]
    assert [one for path in pages for one in attacked.ran(path)] == []


def test_s06_what_an_address_says_is_shown_as_text(attacked: Attacked) -> None:
    asked = zip(PAYLOADS, cycle(product(PAGES, PARAMETERS)), strict=False)
    wrong = [
        one
        for payload, (path, name) in asked
        for one in attacked.ran(f"{path}?{name}={quote(payload)}")
    ]
    assert wrong == []


def test_s06_what_the_palette_finds_is_shown_as_text(attacked: Attacked) -> None:
    page = attacked.page
    page.goto(f"{attacked.product.staff}/")
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").first.fill("script")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert page.evaluate("[window.kkHits, window.kkStopped]") == [0, []]
    assert page.get_by_role("option").count() > 0


def test_the_same_texts_do_run_on_a_page_that_forgets_to_escape(browser: Browser) -> None:
    """The control: else a text that never could run would prove nothing."""
    page = browser.new_page()
    page.add_init_script(LISTEN)
    ran = 0
    for payload in PAYLOADS:
        page.goto("about:blank")
        page.set_content(f"<body><div>{payload}</div><input value='{payload}'></body>")
        page.evaluate(LISTEN)
        page.set_content(f'<body><div>{payload}</div><p title="{payload}">x</p></body>')
        page.wait_for_timeout(60)
        ran += bool(page.evaluate("window.kkHits"))
    page.close()
    assert ran >= len(PAYLOADS) // 2


def _token(page: Page, installation: Product) -> str:
    page.goto(f"{installation.staff}/crm/tokens/")
    page.get_by_label("Name").fill("Angriff")
    page.locator("select[name=level]").select_option("write")
    page.get_by_role("button", name="Token anlegen").click()
    return page.locator("code.password").inner_text().strip()


def _fill(installation: Product, token: str) -> Iterator[str]:
    """The pages of records of every type that a program may make, a payload in every text."""
    with httpx.Client(base_url=f"{installation.staff}/api/v1", timeout=30) as api:
        api.headers["Authorization"] = f"Bearer {token}"
        described = api.get("/openapi.json").json()
        payloads = cycle(PAYLOADS)
        for path, ways in described["paths"].items():
            if "{" in path or "/" in path.strip("/") or "post" not in ways:
                continue
            schema = _schema(described, ways["post"])
            for _ in range(PER_TYPE):
                number = _made(api, path, schema, payloads)
                if number:
                    yield f"/{_side(path)}{path}/{number}/"


def _made(api: httpx.Client, path: str, schema: dict[str, Any], payloads: Iterator[str]) -> int:
    """The number of a new record; what cannot be such a text is left out of it. 0: none."""
    needed = set(schema.get("required", ()))
    values = {
        name: _value(one, payloads, name in needed) for name, one in schema["properties"].items()
    }
    values = {name: value for name, value in values.items() if value is not None}
    for _ in range(TRIES):
        answer = api.post(path, json=values)
        if answer.status_code == 201:
            return int(answer.json()["id"])
        assert answer.status_code in (403, 409, 422), answer.text
        wrong = {one.get("field") for one in answer.json().get("errors", ())} & values.keys()
        if not wrong:
            return 0
        for name in wrong:
            del values[name]
    return 0


def _value(schema: dict[str, Any], payloads: Iterator[str], needed: bool) -> Any:
    """A payload for a text; of what else is needed, something plausible."""
    schema = schema["anyOf"][0] if "anyOf" in schema else schema
    kind = schema.get("type")
    if kind == "string" and not {"format", "pattern", "enum"} & schema.keys():
        return next(payloads)[: schema.get("maxLength", 300)]
    if kind == "object" and "de" in schema.get("properties", {}):
        return {"de": next(payloads), "en": next(payloads)}
    if kind == "array":
        return [next(payloads)[:40]]
    if not needed:
        return None
    plain = {"integer": 1, "boolean": True, "string": "2027-01-31"}
    return schema["enum"][0] if "enum" in schema else plain.get(str(kind), {})


def _side(path: str) -> str:
    return next(kind.side for kind in TYPES.values() if kind.slug == path.strip("/"))


def _schema(described: dict[str, Any], way: dict[str, Any]) -> dict[str, Any]:
    name = way["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
    schema: dict[str, Any] = described["components"]["schemas"][name]
    return schema
