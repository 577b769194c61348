"""Numbers as people write them: one form for all notations, and never a number nobody wrote."""

from __future__ import annotations

import time

import pytest

from kundenkreis.crm.people.phones import e164, number, several


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("030/123 45-6", "+4930123456"),
        ("(0)30 1234567", "+49301234567"),
        ("+49 (0) 89 / 32168", "+498932168"),
        ("0043 1 58858", "+43158858"),
        ("+41 44 668 18 00", "+41446681800"),
        ("Tel.: 030 1234577", "+49301234577"),
        ("Mobil 0151/23456789", "+4915123456789"),
        ("030 12345-0 (Zentrale)", "+4930123450"),
        ("0171 2345678 (nur abends)", "+491712345678"),
        ("0171 2345678 nur abends", "+491712345678"),
        ("0171 2345678, privat", "+491712345678"),
        ("030–1234 588", "+49301234588"),
        ("49 30 1234566", "+49301234566"),
        ("0800-FLOWERS", "+498003569377"),
    ],
)
def test_usual_notations_are_one_number(text: str, found: str) -> None:
    assert e164(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "030 12345 Durchwahl 12", "030/12345 App. 12", "030 12345 DW 12", "030 12345-0 DW: 12",
        "030 12345 - Nst. 12", "030 12345 ext. 12", "030 12345, Apparat 12",
    ],
)  # fmt: skip
def test_an_extension_stands_at_the_end_of_the_number(text: str) -> None:
    assert e164(text) == "+49301234512"


@pytest.mark.parametrize(
    "text",
    ["123", "4711", "123456", "030 12345 Zimmer 22", "030 123456 / -57", "n/a",
     "030 123456 / 0171 2345678"],
)  # fmt: skip
def test_what_is_not_one_whole_number_is_refused(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize("text", ["005000", "00", "0050", "001"])
def test_a_beginning_of_a_number_is_none(text: str) -> None:
    assert number(text) is None
    assert e164(text) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("030 123456; 0171 2345678", ["+4930123456", "+491712345678"]),
        ("030 123456 / 0171 2345678", ["+4930123456", "+491712345678"]),
        ("030 123456 oder +49 171 2345678", ["+4930123456", "+491712345678"]),
        ("089 1234567-8 / -79", ["+498912345678", "+4989123456779"]),
        ("089 12345678 / -79", ["+498912345678", "+498912345679"]),
        ("030/123456", ["+4930123456"]),
        ("0171 2345678, privat", ["+491712345678"]),
        ("+49 30 123456", ["+4930123456"]),
    ],
)
def test_a_cell_may_hold_several(text: str, found: list[str]) -> None:
    assert [one.e164 for one in several(text)] == found


def test_a_cell_with_something_else_in_it_holds_none() -> None:
    assert several("030 123456; weiß ich nicht mehr 7") == []


def test_numbers_of_the_country_itself_stay_as_they_are() -> None:
    assert number("112") == ("112", "112")
    assert number("116117") == ("116117", "116117")


@pytest.mark.parametrize("text", ["1" + "(" * 200_000, "0" + "-" * 200_000, "0171 " * 50_000])
def test_a_text_without_end_is_refused_at_once(text: str) -> None:
    begun = time.process_time()
    assert (number(text), several(text), e164(text)) == (None, [], "")
    assert time.process_time() - begun < 0.5
