"""How a file writes figures and days: found out from its cells, and open to correction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.records.exchange.writers import unsafe
from kundenkreis.records.parsing import parse_number

ORDERS = ("dmy", "mdy", "ymd")
_DAY = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?:[T, ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?\.?"
)
_FIGURE = re.compile(r"[-+]?\d[\d.,' ]*")


@dataclass(frozen=True, slots=True)
class Notation:
    """The mark between whole and part of a figure, and the order of day, month and year."""

    decimal: str = ","
    dates: str = "dmy"

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Notation:
        """What somebody chose; what is no choice is left as it is usual."""
        usual = asdict(usual_notation())
        decimal = chosen.get("decimal") if chosen.get("decimal") in (",", ".") else None
        dates = chosen.get("dates") if chosen.get("dates") in ORDERS else None
        return cls(decimal or usual["decimal"], dates or usual["dates"])

    def number(self, text: str) -> Decimal | None:
        """A figure as the file writes it. Raises `ValueError`."""
        return parse_number(text, "de" if self.decimal == "," else "en")

    def day(self, text: str) -> str:
        """A day as ISO 8601, with its time if it has one; what is no day stays as it is."""
        found = _DAY.fullmatch(text.strip())
        if found is None:
            return text
        parts = [found[1], found[3], found[4]]
        order = "ymd" if len(parts[0]) == 4 else self.dates
        if order == "ymd" and len(parts[0]) < 4 < len(parts[2]) + 1:
            order = "dmy"
        said = dict(zip(order, parts, strict=True))
        year = int(said["y"]) if len(said["y"]) > 2 else _century(int(said["y"]))
        try:
            day = date(year, int(said["m"]), int(said["d"])).isoformat()
        except ValueError:
            return text  # what is told of it quotes the file
        return f"{day} {int(found[5]):02}:{found[6]}" if found[5] else day


def usual_notation() -> Notation:
    """What files of the user's language have."""
    german = (get_language() or "de").startswith("de")
    return Notation() if german else Notation(".", "dmy")


def detected(texts: Iterable[str]) -> Notation:
    """What the cells of a file say; where they say nothing, what is usual in the language."""
    usual, marks, orders = usual_notation(), Counter[str](), Counter[str]()
    for text in texts:
        if found := _DAY.fullmatch(text):
            _count_order(found, orders)
        elif _FIGURE.fullmatch(text):
            _count_mark(text.strip(), marks)
    decimal = max(",.", key=lambda mark: (marks[mark], mark == usual.decimal))
    dates = max(ORDERS, key=lambda order: (orders[order], order == usual.dates))
    return Notation(decimal, dates)


def _count_order(found: re.Match[str], orders: Counter[str]) -> None:
    first, second = int(found[1]), int(found[3])
    if len(found[1]) == 4:
        orders["ymd"] += 1
    elif first > 12 >= second or found[2] == ".":
        orders["dmy"] += 2
    elif second > 12 >= first:
        orders["mdy"] += 2


def _count_mark(text: str, marks: Counter[str]) -> None:
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return
    mark, rest = text[last], text[last + 1 :]
    other = "," if mark == "." else "."
    if text.count(mark) > 1:
        marks[other] += 2  # it groups
    elif other in text:
        marks[mark] += 2
    elif len(rest) != 3:
        marks[mark] += 1


def text_of(cell: Any) -> str:
    """A cell as text, as somebody would have typed it into a form."""
    match cell:
        case None:
            return ""
        case str():
            return unsafe(cell.strip())
        case bool():
            return "true" if cell else "false"
        case dict():
            return str(cell.get("d", "")).replace("T", " ")
        case float():
            return f"{Decimal(repr(cell)):f}"
    return str(cell)


def number_of(cell: Any, notation: Notation) -> Decimal | None:
    """A cell as a figure. Raises `ValidationError`."""
    if isinstance(cell, bool | dict):
        raise ValidationError(_("This is not a number."))
    if isinstance(cell, int | float):
        return Decimal(repr(cell))
    try:
        return notation.number(text_of(cell))
    except ValueError:
        raise ValidationError(_("This is not a number.")) from None


def same(cell: Any, value: Any, written: str, notation: Notation) -> bool:
    """Whether a cell still says what an export had written there as `written`."""
    text = text_of(cell)
    if text == written.strip() or (text == written[: len(text)] and len(text) > 32_000):
        return True
    match value:
        case None | "":
            return text == ""
        case bool():
            return cell is value
        case int() | Decimal():
            return _number_or_none(cell, notation) == value
        case datetime():
            return False
        case date():
            return notation.day(text) == value.isoformat()
    return False


def _number_or_none(cell: Any, notation: Notation) -> Decimal | None:
    try:
        return number_of(cell, notation)
    except ValidationError:
        return None


def _century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)
