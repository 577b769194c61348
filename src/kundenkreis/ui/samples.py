"""Made-up content of the living page."""

from __future__ import annotations


def page() -> dict[str, object]:
    return {}
