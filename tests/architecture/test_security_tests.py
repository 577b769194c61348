"""The table of attacks names tests that are there, for every attack of the list."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "security-tests.md"
IDS = [f"S{number:02}" for number in range(1, 23)]
ROW = re.compile(r"^\| (S\d\d) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/.]+\.py)(?:::(\w+))?`")


def rows(text: str) -> dict[str, str]:
    return {found[1]: found[3] for found in ROW.finditer(text)}


def missing(text: str) -> list[str]:
    """Which attacks have neither a test nor a reason, and which tests are not there."""
    found = [one for one in IDS if one not in rows(text)]
    for row, said in rows(text).items():
        named = NAMED.findall(said)
        if not named and "not there" not in said:
            found.append(f"{row} names nothing")
        for path, test in named:
            file = ROOT / path
            known = _tests(file) if file.exists() else set()
            if not known or (test and test not in known):
                found.append(f"{row}: {path} {test}")
    return found


def _tests(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {
        one.name
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    }


def test_every_attack_has_its_tests() -> None:
    assert missing(TABLE.read_text("utf-8")) == []


def test_a_test_that_is_gone_is_noticed() -> None:
    text = TABLE.read_text("utf-8")
    assert missing(text.replace("test_redirects.py", "test_gone.py")) != []
    assert missing(text.replace("test_s12_nothing_runs_what_was_sent", "test_gone")) != []
    assert missing(text.replace("| S05 |", "| S99 |")) != []
