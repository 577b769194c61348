"""How a pair is compared: for each fact the ways to agree, best first, as conditions in SQL.

The weight of each way is in `weights.json`. What it may decide is here: a proof says that the two
agree in more than a name, a veto that somebody has to look before they are merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.duplicates.fields import Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Way = tuple[str, str]


@dataclass(frozen=True)
class Level:
    """One way to agree or not. `condition` speaks of columns as `first_l` and `first_r`.

    `common`: the column in which a frequent value proves less than a rare one. `proof`: they agree in
    more than a name, if of each group of `only_with` one way holds too.
    """

    key: str
    condition: str
    common: str = ""
    proof: bool = False
    only_with: tuple[tuple[Way, ...], ...] = ()


@dataclass(frozen=True)
class Veto:
    """A way that contradicts, with any of `when` (always if there is none) and none of `unless`.

    `hides`: it is not even worth a look.
    """

    way: Way
    when: tuple[Way, ...] = ()
    unless: tuple[Way, ...] = ()
    hides: bool = False


@dataclass(frozen=True)
class Comparison:
    """One fact. `silent`: when it says nothing; `shown`: the fields that people are shown."""

    key: str
    label: StrOrPromise
    silent: str
    shown: tuple[str, ...]
    levels: tuple[Level, ...]


def _missing(*columns: str) -> str:
    return " OR ".join(f"{one}_{side} IS NULL" for one in columns for side in "lr")


def _alike(column: str, least: float) -> str:
    return f"(jaro_winkler_similarity({column}_l, {column}_r) >= {least} OR {_one_slip(column)})"


def _one_slip(column: str) -> str:
    """At most one letter is wrong. The distance takes long to work out, and what it needs is quick
    to see: nearly the same length, and the same beginning or end."""
    ends = (f"{end}({column}_l, 1) = {end}({column}_r, 1)" for end in ("left", "right"))
    return (
        f"(abs(length({column}_l) - length({column}_r)) <= 1"
        f" AND ({' OR '.join(ends)} OR length({column}_l) <= 3)"
        f" AND damerau_levenshtein({column}_l, {column}_r) <= 1)"
    )


def _begins(column: str, longer: str = " ") -> str:
    return (
        f"(starts_with({column}_l, concat({column}_r, '{longer}'))"
        f" OR starts_with({column}_r, concat({column}_l, '{longer}')))"
    )


def _shared(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


SWAPPED = (
    "(first_l != last_l AND jaro_winkler_similarity(first_l, last_r) >= 0.92"
    " AND jaro_winkler_similarity(last_l, first_r) >= 0.92)"
)
SLIGHT = (
    "((left(birth_l, 3) = left(birth_r, 3) OR right(birth_l, 3) = right(birth_r, 3))"
    " AND damerau_levenshtein(birth_l, birth_r) <= 1)"
)
PARTS = [f"substr(birth_{{0}}, {at}, {size})" for at, size in ((1, 4), (5, 2), (7, 2))]
TWO_OF_THREE = (
    "("
    + " + ".join(f"CAST({part.format('l')} = {part.format('r')} AS INTEGER)" for part in PARTS)
    + ") >= 2"
)
TURNED = (
    "(substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND substr(birth_l, 5, 2) = substr(birth_r, 7, 2)"
    " AND substr(birth_l, 7, 2) = substr(birth_r, 5, 2))"
)
SAME_DIGITS = (
    "regexp_replace(own_mail_l, '[^0-9]', '', 'g') = regexp_replace(own_mail_r, '[^0-9]', '', 'g')"
)
GENERATION = (
    "abs(try_cast(left(birth_l, 4) AS INTEGER) - try_cast(left(birth_r, 4) AS INTEGER))"
    " BETWEEN 15 AND 60"
)
BORN_TOGETHER: tuple[Way, ...] = tuple(("birth_date", way) for way in ("same", "turned", "slip"))
FIRST_AGREES: tuple[Way, ...] = (
    *(("first_name", way) for way in ("same", "nickname", "part", "similar")),
    ("last_name", "swapped"),
)
NAME_AGREES: tuple[Way, ...] = tuple(("name", way) for way in ("same", "similar", "part"))
PLACE_AGREES: tuple[Way, ...] = (("place", "same"), ("place", "place"))
# Branches in other towns share name, mailbox and website.
NEAR_BY: tuple[Way, ...] = (
    *(("place", way) for way in ("same", "postcode", "place", "similar", "other_postcode")),
    *(("street", way) for way in ("same", "similar")),
)
DIFFERENT = Level("different", "ELSE")
NEAR_STREET = f"({_alike('street', 0.9)} OR {_begins('street')})"


def _street(names: tuple[Way, ...]) -> Comparison:
    levels = (
        Level("same", "street_l = street_r AND house_l = house_r", "street", True, (names,)),
        Level("similar", f"house_l = house_r AND {NEAR_STREET}", "", True, (names,)),
        Level("street_only", "street_l = street_r", "street", True, (names, PLACE_AGREES)),
        Level(
            "street_alike",
            f"{NEAR_STREET} OR street_l = extra_r OR extra_l = street_r",
            "",
            True,
            (names, PLACE_AGREES),
        ),
        DIFFERENT,
    )
    shown = ("street", "house_number", "street_extra")
    return Comparison("street", _("Street"), _missing("street"), shown, levels)


NEAR_PLACE = f"({_alike('place', 0.9)} OR {_begins('place')})"
PLACE = Comparison(
    "place",
    _("Place"),
    f"({_missing('postcode')}) AND ({_missing('place')})",
    ("postcode", "place"),
    (
        Level("same", f"postcode_l = postcode_r AND {_alike('place', 0.88)}", "postcode"),
        Level("postcode", "postcode_l = postcode_r", "postcode"),
        Level("place", f"({_missing('postcode')}) AND place_l = place_r", "place"),
        Level("similar", f"({_missing('postcode')}) AND {NEAR_PLACE}"),
        Level("other_postcode", NEAR_PLACE),
        Level("near", _one_slip("postcode")),
        DIFFERENT,
    ),
)
COMMON_EMAIL = Level("common", _shared("common_emails"), "common_emails")
PHONE_SAME = (
    Level("same", _shared("phones"), proof=True),
    Level("common", _shared("common_phones"), "common_phones"),
)
PHONE_ENDING = Level("ending", "right(phones_l[1], 7) = right(phones_r[1], 7)")
PHONE_TRUNK = Level(
    "exchange",
    "length(phones_l[1]) > 9"
    " AND left(phones_l[1], length(phones_l[1]) - 3) = left(phones_r[1], length(phones_l[1]) - 3)",
)
NO_PHONE = "(phones_l IS NULL AND common_phones_l IS NULL) OR (phones_r IS NULL AND common_phones_r IS NULL)"
NO_EMAIL = "(emails_l IS NULL AND common_emails_l IS NULL) OR (emails_r IS NULL AND common_emails_r IS NULL)"
NUMBER = Comparison(
    "number",
    _("Customer number"),
    _missing("numbers"),
    ("number", "register_number"),
    (Level("same", _shared("numbers"), proof=True), DIFFERENT),
)
VAT_ID = Comparison(
    "vat_id",
    _("VAT id"),
    _missing("vat_ids"),
    ("vat_id",),
    (Level("same", _shared("vat_ids"), proof=True), DIFFERENT),
)

PERSON = (
    Comparison(
        "first_name",
        _("First name"),
        f"{_missing('first')} OR {SWAPPED}",
        ("first_name", "name"),
        (
            Level("same", "first_l = first_r", "first"),
            Level("nickname", _shared("forms")),
            Level(
                "initial",
                "least(length(first_l), length(first_r)) = 1 AND left(first_l, 1) = left(first_r, 1)",
            ),
            Level("part", _begins("first")),
            Level("similar", _alike("first", 0.88)),
            DIFFERENT,
        ),
    ),
    Comparison(
        "last_name",
        _("Last name"),
        _missing("last"),
        ("last_name", "name"),
        (
            Level("swapped", SWAPPED),
            Level("same", "last_l = last_r", "last"),
            Level("similar", f"last_code_l = last_code_r OR {_alike('last', 0.9)}"),
            Level(
                "part",
                f"{_begins('last')} OR ends_with(last_l, concat(' ', last_r))"
                " OR ends_with(last_r, concat(' ', last_l))",
            ),
            DIFFERENT,
        ),
    ),
    Comparison(
        "birth_date",
        _("Birth date"),
        _missing("birth"),
        ("birth_date", "birth_year", "birth_month", "birth_day"),
        (
            Level("same", "birth_l = birth_r", proof=True),
            Level("turned", TURNED, proof=True),
            Level("slip", SLIGHT, proof=True),
            Level("part", TWO_OF_THREE),
            Level("generation", GENERATION),
            DIFFERENT,
        ),
    ),
    _street(FIRST_AGREES),
    PLACE,
    Comparison(
        "email",
        _("E-mail"),
        NO_EMAIL,
        ("email",),
        (
            Level("same", _shared("emails"), proof=True),
            COMMON_EMAIL,
            Level(
                "similar",
                "abs(length(own_mail_l) - length(own_mail_r)) <= 2"
                f" AND damerau_levenshtein(own_mail_l, own_mail_r) <= 2 AND {SAME_DIGITS}",
                proof=True,
                only_with=(FIRST_AGREES,),
            ),
            Level("local", "split_part(own_mail_l, '@', 1) = split_part(own_mail_r, '@', 1)"),
            DIFFERENT,
        ),
    ),
    Comparison("phone", _("Phone"), NO_PHONE, ("phone",), (*PHONE_SAME, PHONE_ENDING, DIFFERENT)),
    NUMBER,
    Comparison(
        "company",
        _("Company"),
        _missing("company"),
        ("company",),
        (
            Level("same", "company_l = company_r", "company"),
            Level("similar", f"{_alike('company', 0.92)} OR {_begins('company')}"),
            DIFFERENT,
        ),
    ),
)
ORGANISATION = (
    Comparison(
        "name",
        _("Name"),
        _missing("name"),
        ("name",),
        (
            Level("same", "sorted_name_l = sorted_name_r", "sorted_name"),
            Level("similar", f"{_alike('name', 0.92)} OR {_alike('sorted_name', 0.94)}"),
            Level("part", "list_has_all(words_l, words_r) OR list_has_all(words_r, words_l)"),
            Level("overlap", _shared("words")),
            DIFFERENT,
        ),
    ),
    _street(NAME_AGREES),
    PLACE,
    Comparison(
        "email",
        _("E-mail"),
        NO_EMAIL,
        ("email",),
        (
            Level("same", _shared("emails"), proof=True, only_with=(NEAR_BY,)),
            COMMON_EMAIL,
            DIFFERENT,
        ),
    ),
    Comparison(
        "domain",
        _("Domain"),
        _missing("domains"),
        ("website", "email"),
        (Level("same", _shared("domains"), proof=True, only_with=(NEAR_BY,)), DIFFERENT),
    ),
    Comparison(
        "phone",
        _("Phone"),
        NO_PHONE,
        ("phone",),
        (*PHONE_SAME, PHONE_TRUNK, PHONE_ENDING, DIFFERENT),
    ),
    NUMBER,
    VAT_ID,
)
SAME_MAIL: tuple[Way, ...] = (("email", "same"), ("number", "same"))
SAME_NUMBER: tuple[Way, ...] = (("number", "same"), ("vat_id", "same"))
SAME_FIRM: tuple[Way, ...] = tuple((fact, "same") for fact in ("domain", "number", "vat_id"))
REACHED: tuple[Way, ...] = (
    *(("phone", way) for way in ("same", "common", "different")),
    ("email", "different"),
)
# People of one household share name, address and phone. Another first name or birth date is a slip
# only where nothing is known that would tell a household from one person.
VETOES: Mapping[Kind, tuple[Veto, ...]] = {
    Kind.PERSON: (
        Veto(("first_name", "different"), unless=(*BORN_TOGETHER, *SAME_MAIL), hides=True),
        Veto(("first_name", "different"), unless=BORN_TOGETHER),
        Veto(("first_name", "different"), when=(*REACHED, ("email", "same"))),
        Veto(("birth_date", "generation"), when=REACHED, unless=SAME_MAIL),
        Veto(("birth_date", "different"), when=REACHED, unless=SAME_MAIL),
    ),
    Kind.ORGANISATION: (
        Veto(("name", "different"), unless=SAME_FIRM, hides=True),
        Veto(("name", "different")),
        Veto(("vat_id", "different")),
        Veto(("street", "different"), when=(("phone", "different"),), unless=SAME_NUMBER),
    ),
}
COMPARISONS: Mapping[Kind, tuple[Comparison, ...]] = {
    Kind.PERSON: PERSON,
    Kind.ORGANISATION: ORGANISATION,
}
