from __future__ import annotations

import pytest

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.names import letter_salutation

BERG = {"title": "Dr.", "first_name": "Anna", "name_prefix": "von", "last_name": "Berg"}


@pytest.mark.parametrize(
    ("values", "german", "english"),
    [
        (
            {**BERG, "salutation": "Frau"},
            "Sehr geehrte Frau Dr. von Berg",
            "Dear Ms Dr. von Berg",
        ),
        ({"salutation": "Herr", "last_name": "Kern"}, "Sehr geehrter Herr Kern", "Dear Mr Kern"),
        ({"salutation": "Mr.", "last_name": "Kern"}, "Sehr geehrter Herr Kern", "Dear Mr Kern"),
        (
            {**BERG, "salutation": "Frau", "form_of_address": "informal"},
            "Liebe Anna",
            "Dear Anna",
        ),
        (
            {"first_name": "Uwe", "salutation": "Herr", "form_of_address": "informal"},
            "Lieber Uwe",
            "Dear Uwe",
        ),
        ({"first_name": "Kim", "form_of_address": "informal"}, "Hallo Kim", "Dear Kim"),
        (BERG, "Guten Tag Dr. Anna von Berg", "Dear Dr. Anna von Berg"),
        ({"customer_number": "K-1"}, "Sehr geehrte Damen und Herren", "Dear Sir or Madam"),
    ],
)
def test_a_letter_begins_as_its_reader_is_addressed(
    values: dict[str, str], german: str, english: str
) -> None:
    assert letter_salutation(Person(**values), "de") == german
    assert letter_salutation(Person(**values), "en") == english


def test_a_letter_is_written_in_the_language_of_its_reader() -> None:
    assert letter_salutation(Person(last_name="Kern", salutation="Herr", language="en")) == (
        "Dear Mr Kern"
    )
    assert letter_salutation(Person(last_name="Kern", salutation="Herr")).startswith("Sehr")


def test_a_name_has_all_its_parts_in_their_order() -> None:
    assert str(Person(**BERG, name_suffix="MBA")) == "Dr. Anna von Berg MBA"
    assert str(Person(title="Dr.", customer_number="K-1")) != "Dr."
