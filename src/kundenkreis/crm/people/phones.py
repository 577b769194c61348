"""Phone numbers in every notation that is usual in Germany, in one form."""

from __future__ import annotations

import re
from typing import NamedTuple

import phonenumbers

from kundenkreis.kernel.countries import HOME


class Number(NamedTuple):
    """One number as people read it, and as it is compared: E.164, as in RFC 3966."""

    shown: str
    e164: str


_PLAIN = re.compile(r"(?:\+|00)(4[39][1-9][0-9]{6,10}|41[1-9][0-9]{8})|0([1-9][0-9]{6,10})")
_SIGNS = re.compile(r"[ ./\-]")


def e164(text: str) -> str:
    """The number that a text means, as it is compared; empty for what cannot be one.

    The same as `number` finds, but the usual ones without asking the library, which takes long.
    """
    if plain := _plain(text):
        return f"+{plain}"
    found = number(text)
    return found.e164 if found else ""


def number(text: str) -> Number | None:
    """The number that a text means; None for what cannot be one."""
    form = phonenumbers.PhoneNumberFormat
    if plain := _plain(text):
        # Country codes of these are of two digits; reading costs four times what writing does.
        usual = phonenumbers.PhoneNumber(int(plain[:2]), int(plain[2:]))
        return Number(phonenumbers.format_number(usual, form.INTERNATIONAL), f"+{plain}")
    found = _read(text)
    if found is None:
        return None
    return Number(
        phonenumbers.format_number(found, form.INTERNATIONAL),
        phonenumbers.format_number(found, form.E164),
    )


def _plain(text: str) -> str:
    """The digits of a usual number with its country's code; empty for all others."""
    found = _PLAIN.fullmatch(_SIGNS.sub("", text))
    if found is None:
        return ""
    return found[1] or (f"49{found[2]}" if HOME == "DE" else "")


def _read(text: str) -> phonenumbers.PhoneNumber | None:
    # Words in brackets are no letters to dial: "030 1234-0 (Zentrale)".
    bare = re.sub(r"\([^)\d]+\)", " ", text).strip()
    try:
        found = phonenumbers.parse(re.sub(r"^00", "+", bare), HOME)
    except phonenumbers.NumberParseException:
        return None
    return found if phonenumbers.is_possible_number(found) else None
