"""Phone numbers in every notation that is usual in Germany, in one form."""

from __future__ import annotations

import re
from typing import NamedTuple

import phonenumbers

from kundenkreis.kernel.countries import HOME


class Number(NamedTuple):
    """One number as people read it, and as it is compared: E.164, as in RFC 3966, or what leads
    somewhere in its country only, such as 112."""

    shown: str
    e164: str


_PLAIN = re.compile(r"(?:\+|00)(4[39][1-9][0-9]{6,10}|41[1-9][0-9]{8})|0([1-9][0-9]{6,10})")
_SIGNS = re.compile(r"[ ./\-]")
# Words in brackets are no letters to dial: "030 1234-0 (Zentrale)"; nor are those that follow.
_IN_BRACKETS = re.compile(r"\([^)\d]+\)")
_AFTER = re.compile(r"(?<=\d)[^\w+]*[^\W\d_]\D*$")
_EXTENSION = re.compile(
    r"[\s,/\-]*\b(?:app(?:arat)?|durchwahl|dw|nst|nebenstelle|klappe|ext(?:ension)?)\b"
    r"[\s.:\-]*(\d{1,5})$",
    re.IGNORECASE,
)
_AMIDST = re.compile(r"\d\W*[^\W\d_].*\d")
_TO_BE_SPELT = re.compile(
    r"(?:(?:\+|00)49|0)[\s(0)/\-]*(?:700|800|900|180)[\s/\-]*\d?[\s/\-]*[A-Z]+"
)
_SEPARATE = re.compile(r"[;,|\n]|\s(?:oder|und|bzw\.|or|and)\s", re.IGNORECASE)
_NEXT = re.compile(r"(?<=\d)\s*/\s*(?=(?:\+|\(?0)[\d\s(])")
_ENDING = re.compile(r"(?<=\d)\s*[/,]\s*-\s*(\d{1,4})$")  # "089 1234567-8 / -79"
_LONGEST = 250  # signs, as many as phonenumbers reads; patterns take for ever on more
_SHORTEST = 8  # digits of a number whose area is not marked by a zero: spreadsheets lose it
_AREA = 6  # digits before a second number begins, for areas are separated in the same way


def e164(text: str) -> str:
    """The number that a text means, as it is compared; empty for what cannot be one.

    The same as `number` finds, but the usual ones without asking the library, which takes long.
    """
    if len(text) > _LONGEST:
        return ""
    if plain := _plain(text):
        return f"+{plain}"
    found = number(text)
    return found.e164 if found else ""


def number(text: str) -> Number | None:
    """The number that a text means; None for what cannot be one."""
    if len(text) > _LONGEST:
        return None
    form = phonenumbers.PhoneNumberFormat
    if plain := _plain(text):
        # Country codes of these are of two digits; reading costs four times what writing does.
        usual = phonenumbers.PhoneNumber(int(plain[:2]), int(plain[2:]))
        return Number(phonenumbers.format_number(usual, form.INTERNATIONAL), f"+{plain}")
    found = _read(text)
    if found is None:
        return _short(text.strip())
    return Number(
        phonenumbers.format_number(found, form.INTERNATIONAL),
        phonenumbers.format_number(found, form.E164),
    )


def several(text: str) -> list[Number]:
    """All numbers in a text; none when one of them cannot be read, for nobody would miss it."""
    if len(text) > _LONGEST:
        return []
    ending = _ENDING.search(text.strip())
    rest = text.strip()[: ending.start()] if ending else text
    found: list[Number] = []
    for part in _parts(rest):
        one = number(part)
        if one is None:
            return []
        found.append(one)
    if ending and found:
        before = rest.rpartition("-") if re.search(r"-\s*\d{1,4}\s*$", rest) else None
        stem = before[0] if before else rest.rstrip()[: -len(ending[1])]
        other = number(stem + ending[1])
        return [*found, other] if other else []
    return found


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for piece in _SEPARATE.split(text):
        if not any(sign.isdigit() for sign in piece):
            continue  # "0171 2345678, privat"
        left = 0
        for cut in _NEXT.finditer(piece):
            if sum(sign.isdigit() for sign in piece[left : cut.start()]) >= _AREA:
                parts.append(piece[left : cut.start()])
                left = cut.end()
        parts.append(piece[left:])
    return parts


def _plain(text: str) -> str:
    """The digits of a usual number with its country's code; empty for all others."""
    found = _PLAIN.fullmatch(_SIGNS.sub("", text))
    if found is None or _ENDING.search(text):
        return ""
    return found[1] or (f"49{found[2]}" if HOME == "DE" else "")


def _read(text: str) -> phonenumbers.PhoneNumber | None:
    bare = _IN_BRACKETS.sub(" ", text).strip()
    if said := _EXTENSION.search(bare):
        bare = re.sub(r"[\s\-]+0$", "", bare[: said.start()]) + said[1]
    if not _TO_BE_SPELT.match(bare):
        bare = _AFTER.sub("", bare)
        if _AMIDST.search(bare) or _ENDING.search(bare) or len(_parts(bare)) != 1:
            return None
        if not _whole(bare):
            return None
    found = _parsed(re.sub(r"^00", "+", bare))
    if found is None:
        return None
    possible = phonenumbers.is_possible_number_with_reason(found)
    return found if possible == phonenumbers.ValidationResult.IS_POSSIBLE else None


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None


def _short(text: str) -> Number | None:
    """An emergency or service number, which no country's code goes before."""
    if not (text.isascii() and text.isdigit() and len(text) < _SHORTEST):
        return None
    found = _parsed(text)
    known = found and phonenumbers.is_valid_short_number_for_region(found, HOME)
    return Number(text, text) if known else None


def _whole(bare: str) -> bool:
    """Whether it is more than a number within some town, which leads elsewhere in all others."""
    first = re.search(r"[+\d]", bare)
    return bool(first and first[0] in "+0") or sum(sign.isdigit() for sign in bare) >= _SHORTEST
