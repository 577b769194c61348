"""The order form: what it asks, what it accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from .html import Markup, fill
from .pages import Page

# name → (input type, autocomplete, required)
FIELDS: dict[str, tuple[str, str, bool]] = {
    "first_name": ("text", "given-name", True),
    "last_name": ("text", "family-name", True),
    "email": ("email", "email", True),
    "phone": ("tel", "tel", False),
    "street": ("text", "street-address", True),
    "postal_code": ("text", "postal-code", True),
    "city": ("text", "address-level2", True),
}
COUNTRIES = ("DE", "AT")
LONGEST = 120
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
VISITOR = re.compile(r"[0-9a-f-]{36}")


def read(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the values, NFC and trimmed, and for each bad field the name of its complaint."""
    values = {
        name: " ".join(unicodedata.normalize("NFC", form.get(name, "")).split())[:LONGEST]
        for name in FIELDS
    }
    wrong = {
        name: "missing"
        for name, (_, _, required) in FIELDS.items()
        if required and not values[name]
    }
    if values["email"] and not EMAIL.fullmatch(values["email"]):
        wrong["email"] = "bad_email"
    country = form.get("country", "")
    values["country"] = country if country in COUNTRIES else COUNTRIES[0]
    return values, wrong


def visitor(form: Mapping[str, str]) -> str:
    """The visitor's id that the page knows only after consent; empty otherwise."""
    value = form.get("visitor", "")
    return value if VISITOR.fullmatch(value) else ""


def fields(page: Page, values: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, Markup]:
    """Renders the fields, with the complaint beside its cause."""
    return {
        name: fill(
            "field",
            name=name,
            label=page.text(name),
            type=kind,
            autocomplete=autocomplete,
            value=values.get(name, ""),
            state=_state(name, required=required, wrong=name in wrong),
            error=_error(name, page.text(wrong[name])) if name in wrong else Markup(""),
        )
        for name, (kind, autocomplete, required) in FIELDS.items()
    }


def _state(name: str, *, required: bool, wrong: bool) -> Markup:
    parts = ["required"] if required else []
    if wrong:
        parts.append(f'aria-invalid="true" aria-describedby="error-{name}"')
    return Markup(" ".join(parts))


def _error(name: str, words: str) -> Markup:
    return fill("error", name=name, words=words)
