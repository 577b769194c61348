"""The user guide leads nowhere wrong, in both languages, and quotes the screen as it is."""

from __future__ import annotations

from tools import guide


def check() -> list[str]:
    return guide.problems()
