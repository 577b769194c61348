"""A row in the form in which it is compared: folded, parted, without what only looks different."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from kundenkreis.crm.people import phones
from kundenkreis.crm.people.duplicates import dates
from kundenkreis.crm.people.duplicates.addresses import (
    domain_of,
    email,
    is_role,
    postcode,
    restates,
    street_and_number,
)
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.names import (
    full_forms,
    organisation_name,
    parted,
    person_name,
    tokens,
)
from kundenkreis.crm.people.duplicates.phonetics import cologne
from kundenkreis.kernel.text import unaccented

Values = Mapping[str, Sequence[str]]
Cell = str | list[str] | None

_BETWEEN, _NO_WORD = re.compile(r"[,;\s]+"), re.compile(r"[^a-z0-9]")
_CODE_AND_PLACE = re.compile(r"\s*((?:[A-Z]{1,2}-)?\d{4,5})\s+(\D.*)")  # as in “07743 Jena”
_NO_SIGN, _NO_DIGIT = re.compile(r"[^\d+()/ .\-]"), re.compile(r"\D")
MOST = 5  # addresses or numbers of a kind that are compared
TEXTS = ("postcode", "place", "street", "house", "extra")
LISTS = ("emails", "role_emails", "phones", "numbers")
COLUMNS: Mapping[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.PERSON: (
        ("first", "last", "first_code", "last_code", "birth", "own_mail", "company", *TEXTS),
        ("forms", *LISTS),
    ),
    Kind.ORGANISATION: (
        ("name", "sorted_name", "name_code", *TEXTS),
        ("words", "domains", "vat_ids", *LISTS),
    ),
}
"""The columns of each kind, texts and lists of texts. An empty one is NULL: nothing is known."""


def standard(kind: Kind) -> Callable[[Values], list[Cell]]:
    """The function that makes a row's columns, in the order of `COLUMNS`, from its fields."""
    make = _person if kind is Kind.PERSON else _organisation
    order = [name for names in COLUMNS[kind] for name in names]

    def row(values: Values) -> list[Cell]:
        made = make(values)
        return [made[name] or None for name in order]

    return row


def _person(values: Values) -> dict[str, Cell]:
    first, last = _joined(values, "first_name"), _joined(values, "last_name")
    if whole := _joined(values, "name"):
        # Beside a first name, “Name” is the last one.
        parts = ("", whole) if first and "," not in whole else parted(whole)
        first, last = first or parts[0], last or parts[1]
    first, last = person_name(first), person_name(last)
    addresses = _apart(_emails(values))
    own = next((one for one in addresses[0] if not restates(one, f"{first} {last}")), "")
    return {
        "first": first,
        "last": last,
        "first_code": cologne(first.partition(" ")[0]),
        "last_code": cologne(last),
        "forms": list(full_forms(first)),
        "birth": _birth(values),
        "own_mail": own,
        "company": organisation_name(_joined(values, "company")),
        **_reach(values, addresses),
    }


def _organisation(values: Values) -> dict[str, Cell]:
    name = organisation_name(_joined(values, "name"))
    words = sorted(set(name.split()))
    addresses = _emails(values)
    domains = [domain_of(one) for one in [*addresses, *values.get("website", ())]]
    reach = _reach(values, _apart(addresses))
    reach["numbers"] = [*_list(reach["numbers"]), *_numbers(values.get("register_number", ()))]
    return {
        "name": name,
        "sorted_name": " ".join(words),
        "name_code": cologne(name.partition(" ")[0]),
        "words": list(words),
        "domains": _different(domains),
        "vat_ids": _numbers(values.get("vat_id", ())),
        **reach,
    }


def _birth(values: Values) -> str:
    known = dates.birth_date(_joined(values, "birth_date"))
    if known or "birth_year" not in values:
        return known
    return dates.digits(*(_joined(values, f"birth_{part}") for part in ("year", "month", "day")))


def _reach(values: Values, addresses: tuple[list[str], list[str]]) -> dict[str, Cell]:
    """Where somebody lives and how to reach them: the same of both kinds."""
    street, house = street_and_number(_joined(values, "street"), _joined(values, "house_number"))
    code, place = _joined(values, "postcode"), _joined(values, "place")
    if not code and (both := _CODE_AND_PLACE.match(place)):
        code, place = both.groups()
    return {
        "postcode": _whole(postcode(code)),
        "place": _place(place),
        "street": street,
        "house": house,
        "extra": street_and_number(_joined(values, "street_extra"), "")[0],
        "emails": addresses[0],
        "role_emails": addresses[1],
        "phones": _different(_phone(one) for one in values.get("phone", ())),
        "numbers": _numbers(values.get("number", ())),
    }


def _joined(values: Values, field: str) -> str:
    found = values.get(field)
    if not found:
        return ""
    return found[0] if len(found) == 1 else " ".join(filter(None, found))


def _emails(values: Values) -> list[str]:
    given = values.get("email")
    if not given:
        return []
    if len(given) == 1 and not _BETWEEN.search(given[0].strip()):
        return [found] if (found := email(given[0])) else []
    return _different(email(part) for one in given if one for part in _BETWEEN.split(one))


def _apart(addresses: Iterable[str]) -> tuple[list[str], list[str]]:
    """Somebody's own addresses, and those of functions."""
    own, roles = list[str](), list[str]()
    for one in addresses:
        (roles if is_role(one) else own).append(one)
    return own, roles


def _whole(code: str) -> str:
    """Spreadsheets take 07743 for a number and write 7743; as that both are compared."""
    return code[1:] if len(code) == 5 and code[0] == "0" else code


@lru_cache(maxsize=20_000)
def _place(text: str) -> str:
    return " ".join(tokens(unaccented(text)))


@lru_cache(maxsize=10_000)
def _phone(text: str) -> str:
    """E.164, or the bare digits of what cannot be a number here."""
    bare = _NO_SIGN.sub("", text)
    if number := phones.e164(bare):
        return number
    digits = _NO_DIGIT.sub("", bare)
    return digits if len(digits) > 4 else ""


def _numbers(texts: Iterable[str]) -> list[str]:
    return _different(_NO_WORD.sub("", one.casefold()) for one in texts) if texts else []


def _different(texts: Iterable[str]) -> list[str]:
    """Each text once, the empty ones left out."""
    return list(dict.fromkeys(one for one in texts if one))[:MOST]


def _list(cell: Cell) -> list[str]:
    return cell if isinstance(cell, list) else []
