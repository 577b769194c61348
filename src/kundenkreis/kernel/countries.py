"""Countries by their two letters (ISO 3166-1 alpha-2), and as people write them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.utils import translation

from kundenkreis.kernel.text import fold

HOME = "DE"  # the company's own: what a number or address without a country belongs to
NEAR = ("DE", "AT", "CH")  # first in menus
# Letters before a postal code, as on car plates; used in addresses until today.
_PLATES = {"D": "DE", "A": "AT", "CH": "CH", "FL": "LI", "L": "LU", "F": "FR", "I": "IT"}

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def country_choices() -> list[tuple[str, str]]:
    """All countries in the language of the moment, the near ones first."""
    return list(_choices(translation.get_language() or settings.LANGUAGE_CODE))


def country_name(code: str) -> str:
    """The country in the language of the moment; the code itself when no country has it."""
    return dict(_choices(translation.get_language() or settings.LANGUAGE_CODE)).get(code, code)


def country_at_home(code: str) -> str:
    """The country in the language of the company's own: what is stored or printed is read by others
    than whoever writes it (DIN 5008 wants it so on letters)."""
    with translation.override(settings.LANGUAGE_CODE):
        return country_name(code)


def country_code(text: str) -> str:
    """The two letters of a country as people write it: "Österreich", "Austria", "A"; else empty."""
    clean = text.strip()
    if clean.upper() in _PLATES:
        return _PLATES[clean.upper()]
    return _codes().get(_key(clean), "")


@lru_cache(maxsize=8)
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    names = _territories(language)
    near = [(code, names[code]) for code in NEAR]
    others = [pair for pair in names.items() if pair[0] not in NEAR]
    return (*near, *sorted(others, key=lambda pair: fold(pair[1]) or ""))


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        for code, name in _territories(language).items():
            found[_key(name)] = found[_key(code)] = code
    return found


def _key(name: str) -> str:
    """What a name is found by: "Österreich" and "OESTERREICH" are the same."""
    return (fold(name) or "").translate(_UMLAUTS)


def _territories(language: str) -> dict[str, str]:
    """What CLDR calls countries; its regions have digits, and a few codes are no countries."""
    names = Locale.parse(language, sep="-").territories
    left = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    return {code: name for code, name in names.items() if len(code) == 2 and code not in left}
