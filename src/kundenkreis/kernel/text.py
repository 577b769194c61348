"""Text as people mean it: one normal form, one folding for comparison."""

from __future__ import annotations

import re
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


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def without_umlauts(text: str) -> str:
    """In small letters, as Germans write where there are no umlauts: "Müller" → "mueller"."""
    return normal(text).casefold().translate(_UMLAUTS)


_DIGRAPHS = re.compile(r"(?<=[aou])e")


def unaccented(text: str) -> str:
    """Return text as it is found: without case and accents, ß = ss, and ae, oe, ue as a, o, u.

    Whatever begins a text begins it in this form too, so one may search while typing.
    """
    text = text.casefold().replace("ß", "ss")
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(one for one in apart if not unicodedata.combining(one))
    # Most have none, and to see that costs a quarter of looking for where they are.
    return _DIGRAPHS.sub("", text) if "ae" in text or "oe" in text or "ue" in text else text


_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])(?=[a-z])")


def readable(name: str) -> str:
    """A name made for programs as people would write it: "cart_id" → "Cart id".

    A name with spaces was written for people and keeps its words. `frontend/condition-inputs.js`
    does the same with names that are only typed there.
    """
    if " " not in name:
        name = _HUMP.sub(lambda hump: f" {hump[1].lower()}", name)
    words = " ".join(re.sub(r"[_.\-]", " ", name).split())
    return words[:1].upper() + words[1:] or name
