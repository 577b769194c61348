"""Cells of a row as clean values: empty ones that look full, days, figures, addresses, numbers."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from kundenkreis.crm.people import phones
from kundenkreis.crm.people.models.vat_ids import compact
from kundenkreis.kernel import clock
from kundenkreis.kernel.countries import HOME, country_code
from kundenkreis.kernel.text import normal
from kundenkreis.records.exchange.notation import Notation, number_of, text_of

# What people write into cells that have to hold something.
EMPTY = frozenset(
    [
        "-",
        "--",
        "---",
        ".",
        "..",
        "?",
        "??",
        "???",
        "/",
        "x",
        "xx",
        "xxx",
        "n/a",
        "na",
        "n.a.",
        "k.a.",
        "ka",
        "k.a",
        "keine",
        "unbekannt",
        "unknown",
        "null",
        "none",
        "nil",
        "(null)",
        "#n/a",
        "#nv",
        "#wert!",
        "#value!",
        "#ref!",
        "nan",
        "undefined",
        "tbd",
        "n.n.",
        "nn",
    ]
) | {"keine angabe", "nicht bekannt", "not known", "no email", "keine e-mail", "keine email"}
_PLACE = re.compile(r"^(?:([A-Z]{1,2})\s?-\s?)?(\d{4,5})\s+(.+)$")
_url = URLValidator(schemes=["http", "https"])


class Unusable(ValueError):
    """A cell cannot be what its column should hold; the text says why."""


def clean(cell: Any) -> str:
    """The text of a cell; "" for one that only looks full."""
    text = normal(text_of(cell)).replace("\0", "").replace("\u00a0", " ").strip()
    return "" if text.casefold() in EMPTY else text


def line(cell: Any) -> str:
    """The same in one line."""
    return " ".join(clean(cell).split())


def day(text: str, notation: Notation) -> str:
    """A day as ISO 8601; "" for one that programs write for none (0.0.00). Raises `Unusable`."""
    if not text or not re.search(r"[1-9]", text):
        return ""
    try:
        found = date.fromisoformat(notation.day(text.replace("T", " ").strip())[:10])
    except ValueError:
        raise Unusable(_("This is not a day.")) from None
    return found.isoformat()


def birth_day(text: str, notation: Notation) -> str:
    """A day somebody may be born on. Raises `Unusable`."""
    found = day(text, notation)
    if found and not "1900-01-01" < found <= clock.now().date().isoformat():
        raise Unusable(_("Nobody is born on that day."))
    return found


def whole(text: str, notation: Notation) -> str:
    """A number without a fraction, also out of "23,299 (December, 2024)"; "" for none."""
    found = re.match(r"[^\d]*(\d[\d.,' ]*)", text)
    if found is None:
        return ""
    bare = re.sub(r"[.,' ](?=\d{3}(?!\d))", "", found[1].strip(" .,'"))
    figure = re.match(r"\d+", bare)
    return str(int(figure[0])) if figure and len(figure[0]) < 10 else ""


def amount(text: Any, notation: Notation) -> str:
    """An amount of money as a plain figure. Raises `Unusable`."""
    bare = re.sub(r"[^\d.,'+\- ]", "", clean(text)) if isinstance(text, str) else text
    try:
        found = number_of(bare, notation)
    except ValidationError:
        raise Unusable(_("This is not an amount.")) from None
    return "" if found is None else f"{found:f}"


def year(text: str) -> str:
    """A year; "" for none."""
    found = re.search(r"\b(1[0-9]\d\d|20\d\d)\b", text)
    return found[1] if found else ""


def emails(text: str) -> list[str]:
    """The addresses in a cell. Raises `Unusable` when one of them is none."""
    found = []
    for part in re.split(r"[,;\s]+", text):
        bare = re.sub(r"^mailto:|^[<(\"']+|[>)\"'.]+$", "", part, flags=re.IGNORECASE)
        if not bare:
            continue
        try:
            validate_email(bare)
        except ValidationError:
            raise Unusable(_("This is not an e-mail address.")) from None
        found.append(bare)
    return found


def numbers(text: str) -> list[str]:
    """The phone numbers in a cell as they are shown. Raises `Unusable` when one of them is none."""
    found = phones.several(text)
    if not found:
        raise Unusable(_("This is not a phone number."))
    return [one.shown for one in found]


def vat_id(text: str) -> str:
    """A VAT ID in its compact form. Raises `Unusable`."""
    try:
        return compact(text)
    except ValidationError:
        raise Unusable(_("This is not a valid VAT ID.")) from None


def website(text: str) -> str:
    """The address of a web page. Raises `Unusable`."""
    found = text.strip().split()[0] if text.strip() else ""
    if found and "://" not in found:
        found = f"https://{found}"
    try:
        if found:
            _url(found)
    except ValidationError:
        raise Unusable(_("This is not the address of a website.")) from None
    return found[:200]


def postal(said: dict[str, str]) -> dict[str, str]:
    """The parts of an address that are stored, from those that files have."""
    street = " ".join(filter(None, [said.get("street", ""), said.get("house_number", "")]))
    lines = [street or _box(said.get("post_box", "")), said.get("street_extra", "")]
    code, town, country = (said.get(name, "") for name in ("postal_code", "town", "country"))
    if place := said.get("place", ""):
        found = _PLACE.match(place)
        code, town = (code or found[2], town or found[3]) if found else (code, town or place)
        country = country or (found[1] or "" if found else "")
    if code and not town and (found := _PLACE.match(code)):
        code, town = found[2], found[3]
    if found := re.match(r"^([A-Z]{1,2})\s?-\s?(\d{4,5})$", code):
        code, country = found[2], country or found[1]
    if code.isdigit() and len(code) == 4 and country_code(country or HOME) == HOME:
        code = f"0{code}"  # a spreadsheet took 04178 for a number
    parts = {"street": ", ".join(filter(None, lines)), "postal_code": code, "town": town}
    if not any(parts.values()):
        return {}
    return {**parts, "country": country_code(country) or (HOME if not country else "")}


def _box(text: str) -> str:
    return f"Postfach {text}" if text and text.isdigit() else text
