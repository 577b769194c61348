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
    plain = _PLAIN.fullmatch(_SIGNS.sub("", text))
    if plain is not None and (plain[1] or HOME == "DE"):
        return f"+{plain[1]}" if plain[1] else f"+49{plain[2]}"
    found = number(text)
    return found.e164 if found else ""


def number(text: str) -> Number | None:
    """The number that a text means; None for what cannot be one."""
    # Words in brackets are no letters to dial: "030 1234-0 (Zentrale)".
    bare = re.sub(r"\([^)\d]+\)", " ", text).strip()
    try:
        found = phonenumbers.parse(re.sub(r"^00", "+", bare), HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    form = phonenumbers.PhoneNumberFormat
    return Number(
        phonenumbers.format_number(found, form.INTERNATIONAL),
        phonenumbers.format_number(found, form.E164),
    )
