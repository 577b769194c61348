"""Initials on a soft colour, for people (round) and organisations (square)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

from kundenkreis.ui.markup import markup

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

COLOURS = 8
# Not part of a name: legal forms and titles would give "BG" to half of all companies.
_NOISE = re.compile(r"\b(GmbH|AG|KG|SE|UG|OHG|e\.?V|eG|Co|mbH|Ltd|Inc|Dr|Prof|Dipl)\b\.?", re.I)


def initials(name: str) -> str:
    """Up to two letters: "Jana Weiß" → "JW", "Bergmann Optik GmbH" → "BO", "Moser" → "M"."""
    words = [word for word in re.split(r"[\W\d_]+", _NOISE.sub(" ", name)) if word]
    if not words:
        return (re.sub(r"\W", "", name)[:2] or "?").upper()
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


def avatar(name: object, *, square: bool = False, size: str = "") -> SafeString:
    """A decorative mark beside a name (the name itself must stand next to it).

    Parameters: `name` is a text or a record whose text is its name; `size` is "" (20 px), "medium" (28) or "large" (36).
    """
    return _avatar(str(name), square, size)


@lru_cache(maxsize=4096)
def _avatar(name: str, square: bool, size: str) -> SafeString:
    # A list shows the same few people again and again.
    colour = crc32(name.encode()) % COLOURS + 1
    shape = " square" if square else ""
    return markup(
        '<span class="avatar avatar-{}{}{}" aria-hidden="true">{}</span>',
        colour,
        shape,
        f" {size}" if size else "",
        initials(name),
    )
