"""Text as people mean it: one normal form, one folding for comparison."""

from __future__ import annotations

import unicodedata


def normal(text: str) -> str:
    """Return `text` in Unicode NFC, the only form that is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str | None) -> str | None:
    """Return the form two texts share when people would call them equal.

    Case, compatibility forms and ß = ss are folded (Unicode, chapter 3.13, caseless matching).
    None stays None.
    """
    if text is None:
        return None
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", str(text)).casefold())
