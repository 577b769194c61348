"""Areas as people write them: beginnings of postal codes, and names of states."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.places.regions import region_code
from kundenkreis.kernel.countries import HOME, country_code

MOST = 500  # beginnings of one area
_PART = re.compile(r"(?:([A-Za-z]{1,2})\s*-\s*)?(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Beginning:
    """All postal codes of a country that begin so."""

    country: str
    digits: str


def beginnings(text: str) -> list[Beginning]:
    """ "07, 98–99, A-10" as beginnings. Raises `ValidationError` for what is none."""
    found: dict[Beginning, None] = {}
    for part in (one.strip() for one in re.split(r"[,;\n]+", text)):
        if not part:
            continue
        said = _PART.fullmatch(part)
        country = country_code(said[1]) if said and said[1] else HOME
        if said is None or not country:
            raise ValidationError(
                _("“%(part)s” is no beginning of a postal code, such as 07, 98–99 or A-10."),
                params={"part": part[:40]},
            )
        for digits in _between(said[2], said[3] or said[2], part):
            found[Beginning(country, digits)] = None
    if len(found) > MOST:
        raise ValidationError(_("These are too many; name shorter beginnings."))
    return list(found)


def states(text: str) -> list[str]:
    """Names of states as their codes. Raises `ValidationError` for one that is not known."""
    found: dict[str, None] = {}
    for part in (one.strip() for one in re.split(r"[,;\n]+", text)):
        if part and not (code := region_code(part)):
            raise ValidationError(
                _("There is no state “%(part)s” in Germany, Austria or Switzerland."),
                params={"part": part[:40]},
            )
        if part:
            found[code] = None
    return list(found)


def validate_postal_codes(text: str) -> None:
    beginnings(text)


def validate_states(text: str) -> None:
    states(text)


def _between(first: str, last: str, part: str) -> list[str]:
    if len(first) != len(last) or last < first:
        raise ValidationError(
            _("“%(part)s” does not go from a smaller number to a greater one of as many digits."),
            params={"part": part[:40]},
        )
    size = len(first)
    numbers = range(int(first), min(int(last), int(first) + MOST) + 1)
    return [f"{number:0{size}}" for number in numbers]
