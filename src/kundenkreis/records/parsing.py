"""Numbers as people type them, German and English; "18.400" is not 18.4 in German."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import get_language

_NOISE = re.compile(r"[\s  ']|€|\$|£|EUR|USD|GBP|CHF|%", re.I)


def parse_number(text: str, language: str | None = None) -> Decimal | None:
    """The number, None for empty text. Raises `ValueError` when it is not one.

    A separator in groups of three is a grouping mark in its own language; otherwise a single
    separator is the decimal mark, so that "1.5" is understood in German too.
    """
    clean = _NOISE.sub("", text).replace("\N{MINUS SIGN}", "-")
    if not clean:
        return None
    german = (language or get_language() or "de").startswith("de")
    group, point = (".", ",") if german else (",", ".")
    if re.fullmatch(rf"[-+]?\d{{1,3}}(\{group}\d{{3}})+(\{point}\d+)?", clean):
        clean = clean.replace(group, "")
    elif point not in clean and clean.count(group) == 1:
        clean = clean.replace(group, point)
    clean = clean.replace(point, ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", clean) or len(clean) > 40:
        raise ValueError(text)
    return Decimal(clean)


def plain(value: Decimal, language: str | None = None) -> str:
    """A number for a form field or file: no grouping, the language's decimal mark."""
    german = (language or get_language() or "de").startswith("de")
    text = f"{value:f}"
    return text.replace(".", ",") if german else text
