"""Words for what an import does and finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.records.exchange import marks
from kundenkreis.records.fields import LABELS, info

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType

ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (cp1252)",
    "mac-roman": "Macintosh",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}


def became_word(became: str) -> str:
    """What became of a row."""
    return {
        "created": pgettext("row", "created"),
        "changed": pgettext("row", "changed"),
        "unchanged": pgettext("row", "unchanged"),
        "skipped": pgettext("row", "left out"),
        "failed": pgettext("row", "failed"),
    }.get(became, became)


def would_word(became: str) -> str:
    """What would become of a row."""
    return {
        "created": pgettext("row", "to create"),
        "changed": pgettext("row", "to change"),
        "failed": pgettext("row", "with a problem"),
    }.get(became) or became_word(became)


def separators() -> dict[str, str]:
    return {";": _("Semicolon"), ",": _("Comma"), "\t": _("Tab"), "|": "|"}


def date_orders() -> dict[str, str]:
    return {
        "dmy": _("day, month, year"),
        "mdy": _("month, day, year"),
        "ymd": _("year, month, day"),
    }


def label_of(kind: RecordType, name: str) -> str:
    """What a field of the form is called."""
    if name == marks.NUMBER:
        return str(LABELS["id"])
    try:
        return capfirst(str(info(kind.model, name).label))
    except LookupError:
        pass
    return next((_input_label(kind, name) for one in kind.inputs if one.name == name), name)


def _input_label(kind: RecordType, name: str) -> str:
    from kundenkreis.kernel.access import system

    (made,) = (one for one in kind.inputs if one.name == name)
    return str(made.make(system("label")).label)


def said_wrong(kind: RecordType, result: Mapping[str, Any]) -> str:
    """What is wrong with a row, field by field."""
    wrong: Mapping[str, str] = result["wrong"]
    parts = [f"{label_of(kind, name)}: {text}" if name else text for name, text in wrong.items()]
    return " · ".join(parts)
