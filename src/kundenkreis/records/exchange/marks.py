"""The mark of a file that was made here: which type and which columns it has.

With a valid mark the numbers in a file are those of this installation's records, whatever language
its heads are in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from kundenkreis.kernel import clock

WORD = "kundenkreis"
SHEET = WORD  # the hidden sheet of a workbook; in a CSV file the mark is the last column's head
NUMBER, VERSION = "id", "version"
_PARTS = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """The type's name across both sides, the columns in order, the language, and when it was."""

    subject: str
    columns: tuple[str, ...]
    language: str
    at: datetime


def text(subject: str, columns: Sequence[str]) -> str:
    """The mark as it stands in a file that is made now."""
    language = (get_language() or "de").split("-")[0]
    said = f"{WORD} {subject} {','.join(columns)} {language} {clock.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    return f"{said} {_signature(said)}"


def read(said: object) -> Mark | None:
    """The mark in a text; None when it is none, or was not made here."""
    parts = str(said).split(" ")
    if len(parts) != _PARTS or parts[0] != WORD:
        return None
    whole = " ".join(parts[:-1])
    if not compare_digest(parts[-1].encode(), _signature(whole).encode()):
        return None
    return Mark(parts[1], tuple(parts[2].split(",")), parts[3], datetime.fromisoformat(parts[4]))


def _signature(said: str) -> str:
    return salted_hmac("kundenkreis.records.exchange", said, algorithm="sha256").hexdigest()[:24]
