"""Lists of words, such as tags: what is one word, and which are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kundenkreis.kernel.folding import caseless
from kundenkreis.kernel.text import normal

MOST = 100
LONGEST = 80


def different(words: Any) -> list[str]:
    """The different words of a list or a text, as they are stored; of those that differ in case
    only, the first.

    A comma or a line end parts words, so that a list can be typed and written into a file.
    """
    if not words:
        return []
    given: Iterable[Any] = [words] if isinstance(words, str) else words
    found: dict[str, str] = {}
    for part in (part for one in given for part in re.split(r"[,\n\r\0]", str(one))):
        word = " ".join(normal(part).split())[:LONGEST].strip()
        if word:
            found.setdefault(caseless(word), word)
    return list(found.values())[:MOST]


def with_words(words: Any, more: Any) -> list[str]:
    """A list of words with some more."""
    return different([*different(words), *different(more)])


def without_words(words: Any, fewer: Any) -> list[str]:
    """A list of words without some of them."""
    gone = {caseless(word) for word in different(fewer)}
    return [word for word in different(words) if caseless(word) not in gone]
