"""Keys by which somebody who is there already is found while they are being entered.

A key is a number made of a rule and its parts; records that share one may be the same. `fine` is the
beginning of the postal code, by which those of a frequent name are told apart. E-mail addresses,
phone numbers and VAT ids need no key: the columns that hold them are indexed in folded form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from typing import NamedTuple

from kundenkreis.crm.people.duplicates.addresses import domain_of, postcode
from kundenkreis.crm.people.duplicates.names import full_forms, organisation_name, person_name
from kundenkreis.crm.people.duplicates.phonetics import cologne

FINE = 3  # characters of a postal code
MOST_DOMAINS = 5


class Key(NamedTuple):
    """What is shared; `fine` is empty where nothing is known that would tell more apart."""

    number: int
    fine: str = ""


class PersonFacts(NamedTuple):
    """What is known of a person, as people write it; the birth date as 19711202."""

    first_name: str = ""
    last_name: str = ""
    birth: str = ""
    postcodes: tuple[str, ...] = ()


class OrganisationFacts(NamedTuple):
    """What is known of an organisation. `hosts` are its web pages and e-mail addresses."""

    name: str = ""
    register_number: str = ""
    hosts: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()


def person_keys(facts: PersonFacts) -> set[Key]:
    """By sound of both names, in any order and with short forms written out; by initial and last
    name; by last name and birth date."""
    first, last = person_name(facts.first_name), person_name(facts.last_name)
    first_codes, last_code = _codes(first), cologne(last)
    found: set[Key] = set()
    if last_code or any(first_codes):
        regions = _regions(facts.postcodes)
        for code, fine in product(first_codes, regions or [""]):
            found.add(Key(_number("n", *sorted((code, last_code))), fine))
        if last_code:
            initial = _number("i", first[:1], last_code)
            found |= {Key(initial, fine) for fine in regions or [""]}
    return found | birth_keys(facts)


def birth_keys(facts: PersonFacts) -> set[Key]:
    """By birth date and the sound of one of the names."""
    if not facts.birth:
        return set()
    codes = {cologne(person_name(facts.last_name)), *_codes(person_name(facts.first_name))}
    return {Key(_number("b", facts.birth, code)) for code in codes if code}


def organisation_keys(facts: OrganisationFacts) -> set[Key]:
    """By the name without its legal form, in any order; by its first word's sound and region; by
    domain; by register number."""
    name = organisation_name(facts.name)
    regions, first_code = _regions(facts.postcodes), cologne(name.partition(" ")[0])
    words = " ".join(sorted(set(name.split())))
    found = {Key(_number("w", words), fine) for fine in regions or [""] if words}
    found |= {Key(_number("f", first_code, fine)) for fine in regions if first_code}
    found |= {Key(_number("d", one)) for one in _domains(facts.hosts)}
    register = "".join(one for one in facts.register_number.casefold() if one.isalnum())
    if register:
        found.add(Key(_number("r", register)))
    return found


def _codes(first: str) -> list[str]:
    """The sounds of what a first name may be short for."""
    return sorted({cologne(form) for form in full_forms(first)}) or [""]


def _regions(postcodes: Iterable[str]) -> list[str]:
    return sorted({code[:FINE] for one in postcodes if (code := postcode(one))})


def _domains(hosts: Iterable[str]) -> Iterator[str]:
    known = dict.fromkeys(domain for one in hosts if (domain := domain_of(one)))
    return iter(list(known)[:MOST_DOMAINS])


@lru_cache(maxsize=50_000)
def _number(*parts: str) -> int:
    """A key as a database keeps it: a whole number with its sign, 64 bits."""
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
