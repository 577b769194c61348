"""Numbers in addresses and forms, which anybody may write there."""

from __future__ import annotations

LONGEST = 18  # digits that every database's integers can hold


def whole(text: str) -> int | None:
    """A whole number of plain digits; None for anything else, however many digits it has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
