"""Who is the same, who needs a look, and who is neither."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundenkreis.crm.people.duplicates import deciding
from kundenkreis.crm.people.duplicates.fields import Kind

Decided = Callable[..., str]

NAMES = {"first_name": "Balthasar", "last_name": "Quintenzweig", "place": "Jena"}
HANS = {
    "first_name": "Hans",
    "last_name": "Müller",
    "birth_date": "1951-04-17",
    "street": "Hauptstraße 12",
    "postcode": "07743",
    "place": "Jena",
    "email": "wolke77@gmx.de",
    "phone": "03641 123456",
}


def test_names_alone_never_merge(decided: Decided) -> None:
    assert decided(NAMES, NAMES, among=[]) == "review"
    assert decided(NAMES, NAMES) == "review"


def test_only_the_rule_holds_equal_names_apart(
    decided: Decided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "proved", lambda kind: "true")
    assert decided(NAMES, NAMES, among=[]) == "same", "the weights alone would merge them"


@pytest.mark.parametrize(
    "again",
    [
        {"first_name": "HANS", "last_name": "Mueller"},
        {"first_name": "Müller", "last_name": "Hans"},
        {"first_name": "Johannes"},
        {"last_name": "Müler"},
        {"birth_date": "1951-04-18"},
        {"street": "Hauptstr. 12", "phone": "+49 (0)3641 / 12 34 56"},
        {"email": "", "phone": ""},
        {"street": "Gartenweg 3", "postcode": "99084", "place": "Erfurt"},
    ],
)
def test_the_same_person_typed_again_is_found(decided: Decided, again: dict[str, str]) -> None:
    assert decided(HANS, {**HANS, **again}) == "same"


def test_day_and_month_may_be_turned(decided: Decided) -> None:
    born = {**HANS, "birth_date": "1951-04-07"}
    assert decided(born, {**born, "birth_date": "1951-07-04"}) == "same"


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Erika", "birth_date": "1953-09-01", "email": "sonne3@gmx.de"},
        {"first_name": "Erika", "birth_date": "", "email": ""},
        {"birth_date": "1979-11-30", "email": "tiger8@web.de"},
        {"first_name": "Erika", "email": "sonne3@gmx.de"},
    ],
    ids=["wife", "wife of whom little is known", "son of the same name", "twin sister"],
)
def test_a_household_is_not_one_person(decided: Decided, other: dict[str, str]) -> None:
    assert decided(HANS, {**HANS, **other}) != "same"


def test_only_the_vetoes_hold_a_household_apart(
    decided: Decided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "vetoed", lambda kind: "false")
    son = {**HANS, "birth_date": "1979-11-30", "email": "tiger8@web.de"}
    assert decided(HANS, son) == "same", "address and phone alone would merge them"


def colleagues(address: Callable[[str, str], str]) -> list[dict[str, str]]:
    firsts = ["Anna", "Hanna", "Jana", "Jan", "Hans", "Maria", "Marion", "Martin"]
    lasts = ["Meier", "Meyer", "Maier", "Schmidt", "Schmid", "Schmitt"]
    return [
        {"first_name": first, "last_name": last, "email": address(first, last), "company": "Firma"}
        for first in firsts
        for last in lasts
    ]


def test_addresses_made_of_names_at_one_company_are_no_evidence(
    search: Callable[..., object],
) -> None:
    everybody = colleagues(lambda first, last: f"{first}.{last}@firma.de".lower())
    found = search(among=everybody)
    assert found.same == 0  # type: ignore[attr-defined]


def test_a_mailbox_of_many_is_no_evidence(search: Callable[..., object]) -> None:
    found = search(among=colleagues(lambda first, last: "info@firma.de"))
    assert found.same == 0  # type: ignore[attr-defined]
    reasons = [one for pair in found.pairs for one in pair.reasons if one.field == "email"]  # type: ignore[attr-defined]
    assert {one.agreement for one in reasons} <= {"common"}
    assert all(one.weight < 3 for one in reasons), "it carries little weight"


def test_the_same_name_and_own_address_are_one_person(decided: Decided) -> None:
    one = {"first_name": "Jana", "last_name": "Weiß", "email": "jana.weiss@firma.de"}
    assert decided(one, {**one, "email": "Jana.Weiss@firma.de "}) == "same"


FIRM = {
    "name": "Kern Maschinenbau GmbH",
    "street": "Industriestraße 5",
    "postcode": "07745",
    "place": "Jena",
    "email": "info@kern-maschinenbau.example",
    "phone": "03641 55510",
}


@pytest.mark.parametrize(
    ("again", "decision"),
    [
        ({"name": "KERN Maschinenbau", "phone": "03641/5551-0"}, "same"),
        ({"name": "Maschinenbau Kern GmbH & Co. KG", "street": "Industriestr. 5"}, "same"),
        ({"name": "Tann Logistik AG", "email": "", "phone": ""}, ""),
        ({"street": "", "postcode": "", "place": "", "email": "", "phone": ""}, "review"),
        ({"vat_id": "DE987654321"}, "review"),
        (
            {
                "street": "Am Hafen 9",
                "postcode": "18055",
                "place": "Rostock",
                "phone": "0381 9900",
                "email": "kern@kern-maschinenbau.example",
                "website": "kern-maschinenbau.example",
            },
            "review",
        ),
        (
            {
                "street": "Am Markt 9",
                "phone": "03641 9900",
                "email": "kern@kern-maschinenbau.example",
                "website": "kern-maschinenbau.example",
            },
            "review",
        ),
    ],
    ids=[
        *("without its form", "turned", "another one in the house", "name alone"),
        *("other VAT id", "a branch in another town", "one in the same town"),
    ],
)
def test_organisations(decided: Decided, again: dict[str, str], decision: str) -> None:
    firm = {**FIRM, "vat_id": "DE123456789"} if "vat_id" in again else FIRM
    names = ("Tann", "Vogel", "Seidel", "Roth", "Beck", "Lange", "Groß", "Weiß")
    among = [
        {
            "name": f"{name} {trade} GmbH",
            "street": f"{name}weg {at}",
            "postcode": f"{10000 + 91 * at}",
            "place": f"Ort {at}",
            "phone": f"0361 {40000 + at}",
        }
        for at, (name, trade) in enumerate(
            (name, trade) for name in names for trade in ("Bau", "Optik", "Druck")
        )
    ]
    if "website" in again:
        firm = {**firm, "email": again["email"], "website": again["website"]}
    found = decided(firm, {**firm, **again}, kind=Kind.ORGANISATION, among=among)
    assert found == decision
