"""Numbers and days as people type them, German and English; "18.400" is not 18.4 in German."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language

from kundenkreis.kernel import clock
from kundenkreis.ui.formats import STYLES

_DAY_AND_MONTH = re.compile(r"(\d{1,2})\.(\d{1,2})\.")
_NEAR = {
    word: days
    for style in STYLES.values()
    for word, days in ((style.yesterday, -1), (style.today, 0), (style.tomorrow, 1))
}
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


def parse_near_day(text: str) -> date | None:
    """A day named from today: "morgen", "today", "+14" (in 14 days), "21.11." (of this year).

    None for anything else, also for what could be a figure in the wrong column, such as "21.11".
    """
    word = text.strip().casefold()
    today = timezone.localtime(clock.now()).date()
    if word in _NEAR:
        return today + timedelta(days=_NEAR[word])
    if re.fullmatch(r"\+\d{1,4}", word):
        return today + timedelta(days=int(word))
    found = _DAY_AND_MONTH.fullmatch(word)
    if found:
        try:
            return date(today.year, int(found[2]), int(found[1]))
        except ValueError:
            return None
    return None
