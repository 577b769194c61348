"""Policy, access, phone and weight of the script and the shop."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .stub_edge import BUILT
from .visitor import Visitor

pytestmark = pytest.mark.journey
SCRIPTS = Path(__file__).parents[5] / "frontend/shop"


def test_control_it_would_notice_a_breach_of_the_policy(visitor: Visitor) -> None:
    visitor.edge.smuggled = "document.head.append(Object.assign(document.createElement('style'), {textContent: 'b{}'}));"
    visitor.go("/")
    visitor.violations_expected = True


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_and_the_shop_are_accessible(visitor: Visitor, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    visitor.go("/")
    found["home"] = axe.run(visitor.page)
    visitor.meet_offer() if visitor.page.locator("kk-consent").count() else None
    found["offer"] = axe.run(visitor.page)
    visitor.page.keyboard.press("Escape")
    for path in ("/warenkorb", "/kasse"):
        visitor.go(path)
        visitor.page.keyboard.press("Escape")
        found[path] = axe.run(visitor.page)
    serious = {
        name: [(one["id"], [node["target"] for node in one["nodes"]]) for one in result.response["violations"]
               if one["impact"] in ("serious", "critical")]
        for name, result in found.items()
    }  # fmt: skip
    assert not any(serious.values()), serious


def test_it_fits_a_phone(visitor: Visitor) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.meet_offer()
    wide = "document.documentElement.scrollWidth"
    box = visitor.page.locator("kk-offer dialog").bounding_box()
    assert box
    assert box["width"] == 390
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    assert visitor.page.evaluate(wide) == 390
    visitor.page.keyboard.press("Escape")
    for path in ("/", "/en/", "/warenkorb", "/kasse", "/datenschutz"):
        visitor.go(path)
        assert visitor.page.evaluate(wide) == 390


@pytest.mark.parametrize("name", ["kk.js", "kk-offer.js"])
def test_it_weighs_at_most_five_kilobytes(name: str) -> None:
    if not (BUILT / name).exists():
        pytest.skip(f"the browser script is not built: {name} is missing")
    assert len(gzip.compress((BUILT / name).read_bytes(), 9)) <= 5 * 1024


def test_its_own_unit_tests_pass(node: str) -> None:
    command = [node, "--test", *sorted(SCRIPTS.glob("*.test.mjs"))]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout[-3000:]
