"""Names of places and postal codes in the form they are looked up by."""

from __future__ import annotations

import re

from kundenkreis.kernel.countries import HOME
from kundenkreis.kernel.text import unaccented

_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"^[A-Za-z]{1,2}\s*-\s*")
# Words of a name that one writes and another leaves out: Frankfurt (Main), Frankfurt am Main.
_FILL = frozenset({"a", "am", "an", "b", "bei", "beim", "d", "der", "die", "i", "im", "in", "ob"})
_SAINT = {"sankt": "st", "saint": "st", "sainte": "st"}


def key(name: str) -> str:
    """The words that tell a place: "Frankfurt a. M." and the like keep what all have in common."""
    words = [_SAINT.get(word, word) for word in _WORD.findall(unaccented(name))]
    kept = [word for word in words[1:] if word not in _FILL]
    return " ".join([*words[:1], *kept])[:120]


def alike(one: str, other: str) -> bool:
    """Whether two keys may mean one place: the same, or one says more."""
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def code(postal_code: str, country: str) -> str:
    """A postal code without the letters of its country; German ones with the zero in front that
    spreadsheets lose."""
    bare = _LETTERS.sub("", postal_code.strip()).replace(" ", "").upper()
    lost = country in ("", HOME) and len(bare) == 4 and bare.isdigit() and bool(country)
    return f"0{bare}" if lost else bare
