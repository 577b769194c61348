"""Postal addresses: their parts, one line made of them, and parts found in a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kundenkreis.kernel.countries import HOME, country_at_home, country_code
from kundenkreis.kernel.text import normal

# "Goethestr. 5, 07743 Jena", "Ring 1; A-1010 Wien", with a country behind or none.
_LINE = re.compile(
    r"^(?P<street>.*?)[,;\s]*\b"
    r"(?:(?P<before>[A-Z]{1,2})\s?-\s?)?(?P<postal_code>\d{4,5})\s+"
    r"(?P<town>[^\d,;]+?)"
    r"(?:[,;]\s*(?P<behind>[^\d,;]+))?$"
)
PARTS = ("street", "postal_code", "town", "country")


@dataclass(frozen=True, slots=True)
class Postal:
    """Where somebody lives or works; `country` by its two letters."""

    street: str = ""
    postal_code: str = ""
    town: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return bool(self.street or self.postal_code or self.town)

    @property
    def line(self) -> str:
        """In one line, with its country when that is not the company's own."""
        place = f"{self.postal_code} {self.town}".strip()
        abroad = country_at_home(self.country) if self.country not in ("", HOME) else ""
        return ", ".join(part for part in (self.street, place, abroad) if part)

    @property
    def columns(self) -> dict[str, str]:
        """The columns of a contact detail."""
        return asdict(self)


def postal_from(values: Mapping[str, Any]) -> Postal:
    """The address that columns of a form or file say; countries as people write them."""
    street, code, town, country = (
        " ".join(normal(str(values.get(name) or "").replace("\0", "")).split()) for name in PARTS
    )
    known = country_code(country) if country else ""
    return Postal(street[:120], code[:12], town[:80], known or (HOME if code or town else ""))


def postal_in(line: str) -> Postal | None:
    """The parts of an address in German notation (DIN 5008); None when they cannot be told."""
    found = _LINE.match(" ".join(line.replace("\n", ", ").split()))
    if found is None:
        return None
    said = found["before"] or found["behind"] or ""
    country = country_code(said) if said else _by_length(found["postal_code"])
    if said and not country:
        return None
    return Postal(
        found["street"].rstrip(" ,;"), found["postal_code"], found["town"].strip(), country
    )


def _by_length(postal_code: str) -> str:
    """Five digits are the company's own country's; of four nobody knows whose they are."""
    return HOME if len(postal_code) == 5 else ""
