"""Whether somebody who is being entered is there already: quick, in plain Python, with reasons.

The whole base is compared by Splink, which is far too heavy for a form. Here a few candidates are
looked at, and what they have in common is said; a name alone claims nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kundenkreis.crm.people.duplicates.addresses import is_role, postcode, street_and_number
from kundenkreis.crm.people.duplicates.names import full_forms, organisation_name, person_name
from kundenkreis.crm.people.duplicates.phonetics import cologne

WEIGHTS = {
    "email": 10, "vat_id": 10, "register_number": 8, "phone": 8, "birth_date": 8, "address": 6,
    "domain": 5, "organisation": 4, "place": 3, "name": 3, "mailbox": 2, "similar": 1,
}  # fmt: skip
"""What counts more than what, for the order in which they are shown."""


class Place(NamedTuple):
    """A postal address as far as it is known."""

    postal_code: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one of them. Addresses and numbers are folded as they are stored.

    `name` is an organisation's; `organisations` are those a person works for.
    """

    first_name: str = ""
    last_name: str = ""
    name: str = ""
    birth: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    places: frozenset[Place] = frozenset()
    organisations: frozenset[int] = frozenset()
    vat_id: str = ""
    register_number: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two have in common. `claims`: enough to ask whether they are the same."""

    reasons: tuple[str, ...]
    claims: bool

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[one] for one in self.reasons)


def of_persons(typed: Known, other: Known) -> Likeness:
    """A name claims nothing without birth date, employer or place; an address or number does by
    itself, unless the names contradict it. The place alone claims nothing of somebody who was born
    on another day: in a large base every postal code has people of the same name."""
    name = _person_names(typed, other)
    found = _reached(typed, other) | {name}
    if typed.birth and typed.birth == other.birth:
        found.add("birth_date")
    if typed.organisations & other.organisations:
        found.add("organisation")
    found |= _places(typed, other)
    agrees = name in ("name", "similar")
    claims = "email" in found or ("phone" in found and name != "different")
    others = {"place"} if _born_apart(typed.birth, other.birth) else set()
    claims |= agrees and bool(found & (_WITH_A_NAME - others))
    return _likeness(found, claims=claims)


def _born_apart(one: str, other: str) -> bool:
    """Both birth dates are known, and no slip of one digit, or of day and month, made one of the
    other."""
    turned = one[:4] + one[6:] + one[4:6]
    return bool(one and other) and other not in (one, turned) and not slip(one, other)


def of_organisations(typed: Known, other: Known) -> Likeness:
    """Branches share domain and number: these claim something only with the name."""
    name = _organisation_names(typed.name, other.name)
    found = {"email" if one == "mailbox" else one for one in _reached(typed, other)}
    found |= {name} | _places(typed, other)
    if typed.domains & other.domains:
        found.add("domain")
    for fact in ("vat_id", "register_number"):
        if getattr(typed, fact) and getattr(typed, fact) == getattr(other, fact):
            found.add(fact)
    claims = bool(found & {"vat_id", "register_number"})
    claims |= name != "different" and bool(found & {"email", "domain", "phone"})
    claims |= name in ("name", "similar") and bool(found & _WITH_A_NAME)
    return _likeness(found, claims=claims)


_WITH_A_NAME = frozenset({"birth_date", "organisation", "place", "address", "mailbox"})


def _likeness(found: set[str], *, claims: bool) -> Likeness:
    reasons = sorted(found - {"", "different"}, key=lambda one: (-WEIGHTS[one], one))
    return Likeness(tuple(reasons), claims)


def _reached(typed: Known, other: Known) -> set[str]:
    found: set[str] = set()
    if shared := typed.emails & other.emails:
        found.add("mailbox" if all(map(is_role, shared)) else "email")
    if typed.phones & other.phones:
        found.add("phone")
    return found


def _places(typed: Known, other: Known) -> set[str]:
    """A street with its number in the same place, or the postal code alone."""
    mine, theirs = _parts(typed.places), _parts(other.places)
    if any(street and house for _code, street, house in mine & theirs):
        return {"address"}
    return {"place"} if {one[0] for one in mine} & {one[0] for one in theirs} else set()


def _parts(places: Iterable[Place]) -> set[tuple[str, str, str]]:
    known = ((postcode(one.postal_code), *street_and_number(one.street, "")) for one in places)
    return {one for one in known if one[0]}


def _person_names(typed: Known, other: Known) -> str:
    """`name`, `similar` or `different`; nothing where one of them lacks a part of it."""
    first, last = person_name(typed.first_name), person_name(typed.last_name)
    their_first, their_last = person_name(other.first_name), person_name(other.last_name)
    if not (last and their_last):
        return ""
    if first and their_first and {first, last} == {their_first, their_last}:
        return "name" if first == their_first else "similar"
    if not _alike(last, their_last):
        return "different"
    if not (first and their_first):
        return ""
    return "similar" if _first_alike(first, their_first) else "different"


def _first_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    initial = len(shorter) == 1 and longer.startswith(shorter)
    part = shorter in longer.split()
    return (
        initial or part or bool(set(full_forms(one)) & set(full_forms(other))) or _alike(one, other)
    )


def _organisation_names(one: str, other: str) -> str:
    words, theirs = (set(organisation_name(name).split()) for name in (one, other))
    if not words or not theirs:
        return ""
    if words == theirs:
        return "name"
    shorter, longer = sorted((words, theirs), key=len)
    if shorter < longer and sum(map(len, shorter)) > 3:
        return "similar"
    return "similar" if _alike(" ".join(sorted(words)), " ".join(sorted(theirs))) else "different"


def _alike(one: str, other: str) -> bool:
    """They sound the same, or one letter is wrong."""
    code = cologne(one)
    return one == other or (bool(code) and code == cologne(other)) or slip(one, other)


def slip(one: str, other: str) -> bool:
    """Whether one letter was left out, added, changed, or swapped with the next one."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) < 4 or len(other) - len(one) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    rest, theirs = one[at:], other[at:]
    return rest[1:] == theirs[1:] or (rest[:2] == theirs[1::-1] and rest[2:] == theirs[2:])
