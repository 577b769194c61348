"""Columns are recognised by their names in German and English, or said."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people.duplicates.errors import NothingToCompare, UnknownField
from kundenkreis.crm.people.duplicates.fields import Kind, chosen, likely_kind, recognised


def test_german_and_english_columns_are_recognised() -> None:
    columns = ["Vorname", "Nachname", "Geburtsdatum", "Straße", "PLZ", "E-Mail-Adresse 2", "Notiz"]
    assert recognised(columns, Kind.PERSON) == {
        "Vorname": "first_name",
        "Nachname": "last_name",
        "Geburtsdatum": "birth_date",
        "Straße": "street",
        "PLZ": "postcode",
        "E-Mail-Adresse 2": "email",
    }
    assert recognised(["given_name", "dob", "suburb", "address_2"], Kind.PERSON) == {
        "given_name": "first_name",
        "dob": "birth_date",
        "suburb": "place",
        "address_2": "street_extra",
    }


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Geschäftlich: Straße", "street"),
        ("Telefon (privat)", "phone"),
        ("Mobil-Nr.", "phone"),
        ("Business Postal Code", "postcode"),
        ("Phone Number", "phone"),
        ("Work Email", "email"),
        ("PLZ / Ort", "place"),
        ("Kd.-Nr.", "number"),
        ("geb. am", "birth_date"),
        ("Firmenname", "company"),
        ("Workplace", "company"),
        ("Name, Vorname", "name"),
    ],
)
def test_columns_are_recognised_as_programs_and_people_call_them(column: str, field: str) -> None:
    assert recognised([column], Kind.PERSON) == {column: field}


@pytest.mark.parametrize(
    "column", ["Rechnungsnummer", "Contact ID", "Besitzer", "Notes", "Private"]
)
def test_what_nobody_is_compared_by_stays_out(column: str) -> None:
    assert recognised([column], Kind.PERSON) == {}


def test_what_the_rows_are_is_told_by_what_only_persons_have() -> None:
    assert likely_kind(["Name", "Geburtsdatum"]) is Kind.PERSON
    assert likely_kind(["name", "addr", "city", "phone"]) is Kind.ORGANISATION


def test_a_column_is_mapped_or_left_out() -> None:
    given = {"Wer": "last_name", "Ort": ""}
    assert chosen(["Wer", "Ort"], Kind.PERSON, given) == {"Wer": "last_name"}


def test_a_field_that_there_is_not_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownField, match="colour") as caught:
        chosen(["Wer"], Kind.PERSON, {"Wer": "colour"})
    assert "last_name" in str(caught.value)


def test_a_table_without_anything_that_says_who_is_refused() -> None:
    with pytest.raises(NothingToCompare):
        chosen(["Farbe", "Ort"], Kind.PERSON, {})
