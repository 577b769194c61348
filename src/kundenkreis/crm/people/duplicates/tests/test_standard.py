"""What only looks different is made equal before anything is compared."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people import phones
from kundenkreis.crm.people.duplicates.addresses import (
    domain_of,
    email,
    is_role,
    postcode,
    restates,
    street_and_number,
)
from kundenkreis.crm.people.duplicates.dates import birth_date
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.names import (
    full_forms,
    organisation_name,
    parted,
    person_name,
)
from kundenkreis.crm.people.duplicates.phonetics import cologne
from kundenkreis.crm.people.duplicates.standard import COLUMNS, standard


@pytest.mark.parametrize(
    "text",
    [
        "030/123 45-6", "(0)30 123456", "0049 30 123456", "+49 (0)30 123456", "030 - 12 34 56",
        "Tel. 030 123456", "030 123456 privat",
    ],
)  # fmt: skip
def test_a_phone_number_is_known_in_every_german_notation(text: str) -> None:
    row = standard(Kind.PERSON)({"phone": [text]})
    assert row[[*COLUMNS[Kind.PERSON][0], *COLUMNS[Kind.PERSON][1]].index("phones")] == [
        "+4930123456"
    ]


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("Hauptstr. 5 a", "haupt str", "5a"),
        ("Hauptstraße 5a", "haupt str", "5a"),
        ("Straße des 17. Juni 12", "str des 17 juni", "12"),
        ("435 S. La Cienega Blvd.", "s la cienega blvd", "435"),
        ("435 s. la cienega boulevard", "s la cienega blvd", "435"),
        ("Lange Straße 12-14", "lange str", "12-14"),
        ("Am Markt", "am markt", ""),
    ],
)
def test_a_street_is_parted_from_its_number(text: str, street: str, number: str) -> None:
    assert street_and_number(text, "") == (street, number)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1971-12-03", "19711203"), ("3.12.1971", "19711203"), ("19711203", "19711203"),
        ("03/12/1971", "19711203"), ("12/31/1971", "19711231"), ("3.12.71", "19711203"),
        ("1971-12-03T00:00:00", "19711203"), ("neulich", ""), ("1971", ""),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_in_its_usual_forms(text: str, date: str) -> None:
    assert birth_date(text) == date


def test_names_lose_titles_and_legal_forms_but_never_everything() -> None:
    assert person_name("Dr. von Müller") == "muller" == person_name("Mueller")
    assert person_name("Prof.") == "prof"
    assert organisation_name("Müller & Söhne G.m.b.H. & Co. KG") == "muller sohne"
    assert organisation_name("AG") == "ag"
    assert parted("Weiß, Jana") == parted("Jana Weiß") == ("Jana", "Weiß")


def test_chris_may_be_christian_or_christoph_who_are_not_the_same() -> None:
    assert set(full_forms("chris")) & set(full_forms("christian"))
    assert set(full_forms("chris")) & set(full_forms("christoph"))
    assert not set(full_forms("christian")) & set(full_forms("christoph"))


def test_the_codes_are_those_of_the_published_procedure() -> None:
    codes = {"mullerludenscheidt": "65752682", "wikipedia": "3412", "breschnew": "17863"}
    assert {name: cologne(name) for name in codes} == codes
    assert cologne("meier") == cologne("meyer") == cologne("mayr")


def test_an_address_that_repeats_the_name_says_nothing_more_than_the_name() -> None:
    assert restates("jana.weiss@firma.de", "jana weiss")
    assert restates("j.weiss7@firma.de", "jana weiss")
    assert not restates("sonne42@gmx.de", "jana weiss")
    assert is_role("info@firma.de")
    assert is_role("kontakt2@firma.de")
    assert not is_role("informatik@firma.de")
    assert email(" Jana+shop@Firma.DE ") == "jana@firma.de"
    assert email("jana") == ""
    assert domain_of("https://www.firma.de/kontakt") == domain_of("info@firma.de") == "firma.de"
    assert domain_of("jana@gmx.de") == ""


def test_postal_codes_lose_their_country() -> None:
    assert postcode("D-07743") == postcode("07743") == postcode(" DE 07743")


@settings(max_examples=2_000, deadline=None)
@given(
    st.one_of(
        st.from_regex(r"(\+|00|0|\(0\))?[1-9][\d /.()-]{3,16}", fullmatch=True),
        st.from_regex(r"(\+4[139]|0049|0)[ ]?[1-9]\d{5,12}", fullmatch=True),
    )
)
def test_the_quick_way_to_a_number_finds_what_the_library_finds(text: str) -> None:
    with patch.object(phones, "_plain", return_value=""):
        found = phones.number(text)
    assert phones.number(text) == found
    assert phones.e164(text) == (found.e164 if found else "")
