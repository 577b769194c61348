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
