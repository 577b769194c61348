"""Values from outside as they may be stored: one normal form of text, plain JSON, no surprises."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST_ID = 200
LARGEST = 32_768  # bytes of JSON per item
_DEEPEST = 64
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
# What broken or logged-out shops send where an id belongs; taken literally it would make all of
# their visitors one person.
_NOBODY = frozenset(
    {"", "0", "-1", "null", "none", "nil", "undefined", "nan", "anonymous", "guest", "unknown",
     "false", "true", "[object object]", "00000000-0000-0000-0000-000000000000"}
)  # fmt: skip


class Unusable(ValueError):
    """A value that cannot be stored; `too_large` if only for its size."""

    def __init__(self, *, too_large: bool = False) -> None:
        super().__init__()
        self.too_large = too_large


def identity(value: Any) -> str:
    """An id as text, empty for values that name nobody. Raises `Unusable`."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unusable
    text = line(str(value)).strip()
    if len(text) > LONGEST_ID:
        raise Unusable(too_large=True)
    return "" if text.lower() in _NOBODY else text


def line(text: str) -> str:
    """Text in normal form. Raises `Unusable` for NUL and for halves of surrogate pairs."""
    if "\x00" in text:
        raise Unusable
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unusable from None
    return unicodedata.normalize("NFC", text)


def json_text(value: Any) -> str:
    """JSON in normal form, as both databases take it. Raises `Unusable`."""
    try:
        text = _encode(value)
        size = len(text) if text.isascii() else len(text.encode())
    except (ValueError, TypeError, RecursionError):
        raise Unusable from None
    if size > LARGEST:
        raise Unusable(too_large=True)
    if "\\u0000" in text and _NUL.search(text):
        raise Unusable
    if text.count("{") + text.count("[") > _DEEPEST and _depth(text) > _DEEPEST:
        raise Unusable
    # No character of JSON's own syntax takes part in a composition, so the whole text may be done.
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def instant(value: Any) -> datetime | None:
    """An ISO 8601 instant in UTC, None if there is none. Raises `Unusable`."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            return found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise Unusable from None


def amount(value: Any) -> Decimal | None:
    """A finite number below 10¹³ from a JSON number or text, None if there is none.

    Raises `Unusable`.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable
    try:
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        raise Unusable from None
    if not number.is_finite() or abs(number) >= 10**13:
        raise Unusable
    return number


def _depth(text: str) -> int:
    depth = deepest = 0
    inside = escaped = False
    for character in text:
        if inside:
            inside = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            inside = True
        elif character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth -= 1
    return deepest
