from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from kundenkreis.crm.people.contact_values import normalised
from kundenkreis.crm.people.models.vat_ids import compact
from kundenkreis.crm.people.postal import Postal, postal_from, postal_in
from kundenkreis.kernel.countries import country_choices, country_code, country_name


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Goethestr. 5, 07743 Jena", ("Goethestr. 5", "07743", "Jena", "DE")),
        ("Goethestr. 5\n07743 Jena", ("Goethestr. 5", "07743", "Jena", "DE")),
        ("Straße des 17. Juni 135, 10623 Berlin", ("Straße des 17. Juni 135", "10623", "Berlin", "DE")),
        ("Ring 1, A-1010 Wien", ("Ring 1", "1010", "Wien", "AT")),
        ("Ring 1, 1010 Wien, Österreich", ("Ring 1", "1010", "Wien", "AT")),
        ("Bahnhofstrasse 1, CH - 8001 Zürich", ("Bahnhofstrasse 1", "8001", "Zürich", "CH")),
        ("Ring 1, 1010 Wien", ("Ring 1", "1010", "Wien", "")),
        ("60311 Frankfurt am Main", ("", "60311", "Frankfurt am Main", "DE")),
    ],
)  # fmt: skip
def test_the_parts_of_an_address_are_read_from_a_line(line: str, parts: tuple[str, ...]) -> None:
    assert postal_in(line) == Postal(*parts)


@pytest.mark.parametrize("line", ["hinter dem Mond", "Ring 1, 1010 Wien, Atlantis", "12345", ""])
def test_what_is_no_address_is_left_as_it_is(line: str) -> None:
    assert postal_in(line) is None


def test_an_address_in_one_line_names_a_foreign_country_only() -> None:
    assert Postal("Ring 1", "07743", "Jena", "DE").line == "Ring 1, 07743 Jena"
    with translation.override("de"):
        assert Postal("Ring 1", "1010", "Wien", "AT").line == "Ring 1, 1010 Wien, Österreich"
    assert postal_from({"town": "Jena"}).country == "DE"
    assert not postal_from({"country": "Schweiz"})


@pytest.mark.parametrize("text", ["AT", "a", "Austria", "Österreich", "oesterreich", "ÖSTERREICH"])
def test_countries_are_known_as_people_write_them(text: str) -> None:
    assert country_code(text) == "AT"


def test_an_address_abroad_is_stored_in_one_language_whoever_enters_it() -> None:
    with translation.override("en"):
        postal = postal_from({"postal_code": "8010", "town": "Graz", "country": "Austria"})
        assert postal.line == "8010 Graz, Österreich"


def test_countries_are_offered_in_the_language_of_the_page_the_near_ones_first() -> None:
    with translation.override("de"):
        offered = country_choices()
        assert [name for _code, name in offered[:3]] == ["Deutschland", "Österreich", "Schweiz"]
        assert country_name("FR") == "Frankreich"
    with translation.override("en"):
        assert country_name("AT") == "Austria"
    assert len(offered) == len(dict(offered)) > 240
    assert "EU" not in dict(offered)


@pytest.mark.parametrize(
    "text",
    [
        "030/123 45-67", "(0)30 1234567", "0049 30 1234567", "0049(0)30 1234567",
        "+49 (0)30/1234567", "49 30 1234567", "Tel.: 030 1234567", "030.1234567",
        "0 30 / 12 34 56 7", "030 1234567 (Zentrale)",
    ],
)  # fmt: skip
def test_a_phone_number_is_the_same_in_every_german_notation(text: str) -> None:
    assert normalised("phone", text)[1] == "+49301234567"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("DE 136 695 976", "DE136695976"),
        ("de136695976", "DE136695976"),
        ("ATU13585627", "ATU13585627"),
        ("CHE-100.155.212 MWST", "CHE100155212MWST"),
        ("GB 980 7806 84", "GB980780684"),
    ],
)
def test_a_vat_id_is_kept_in_its_compact_form(typed: str, stored: str) -> None:
    assert compact(typed) == stored


@pytest.mark.parametrize(
    "typed", ["DE136695975", "DE12", "XX123456789", "136695976", "ATU13585628"]
)
def test_a_vat_id_whose_digits_do_not_belong_together_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        compact(typed)
