"""The example in CONTRIBUTING.md is the code we ship, and as short as it says."""

from __future__ import annotations

import re

import pytest

from tools.paths import ROOT

SALES = ROOT / "src" / "kundenkreis" / "crm" / "sales"
FILES = ("models.py", "privacy.py", "records.py")
MOST_LINES = 15


def blocks() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    example = text.partition("## A new type of record")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", example, re.DOTALL)


@pytest.mark.parametrize(("name", "position"), [(name, n) for n, name in enumerate(FILES)])
def test_the_example_is_what_we_ship(name: str, position: int) -> None:
    assert blocks()[position] in (SALES / name).read_text("utf-8")


def test_the_example_is_short() -> None:
    assert len(blocks()) == len(FILES)
    assert len(blocks()[-1].splitlines()) <= MOST_LINES
