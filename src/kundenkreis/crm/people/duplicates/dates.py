"""Birth dates in the form in which duplicates are compared: eight digits, right or not."""

from __future__ import annotations

import re
from functools import lru_cache

_YEAR_FIRST = re.compile(r"^(\d{4})[-./ ]?(\d{1,2})[-./ ]?(\d{1,2})(?:[T ].*)?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-./ ]+)(\d{1,2})[-./ ]+(\d{4}|\d{2})$")
CENTURY_FROM = 30  # “29” is 2029 − 100: nobody was born in the future


@lru_cache(maxsize=50_000)  # more days than people live
def birth_date(text: str) -> str:
    """A date as YYYYMMDD; empty for what cannot be one.

    2.12.1971 and 2/12/1971 are the second of December, unless that month cannot be. An impossible
    day such as 19710231 stays: it is a slip that may still be compared.
    """
    text = text.strip()
    if found := _YEAR_FIRST.match(text):
        return digits(found[1], found[2], found[3])
    if found := _YEAR_LAST.match(text):
        first, sign, second, year = found.groups()
        if "/" in sign and int(second) > 12 >= int(first):
            first, second = second, first
        return digits(year, second, first)
    return ""


def digits(year: str, month: str, day: str) -> str:
    """Year, month and day as YYYYMMDD; empty if one of them is missing."""
    parts = [part.strip() for part in (year, month, day)]
    if not all(part.isascii() and part.isdigit() for part in parts):
        return ""
    number = int(parts[0])
    if number < 100:
        number += 2000 if number < CENTURY_FROM else 1900
    return f"{number:04d}{int(parts[1]):02d}{int(parts[2]):02d}"[:8]
