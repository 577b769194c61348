"""Names made for programs, as people would write them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kundenkreis.kernel.text import readable


# The same cases as `condition-inputs.test.mjs`: a name reads alike wherever it is made readable.
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cart_id", "Cart id"),
        ("firstName", "First name"),
        ("newsletter-signup", "Newsletter signup"),
        ("Loyalty Card Shown", "Loyalty Card Shown"),
        ("userID", "UserID"),
        ("_", "_"),
    ],
)
def test_names_made_for_programs_are_made_readable(name: str, said: str) -> None:
    assert readable(name) == said


def test_the_browser_makes_the_same_of_them(node: str) -> None:
    cases = Path(__file__).parents[4] / "frontend" / "condition-inputs.test.mjs"
    command = [node, "--test", cases]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout[-3000:]
