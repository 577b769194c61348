from __future__ import annotations

import pytest

from kundenkreis.integrations.crm.folder import personal
from kundenkreis.integrations.crm.folder.recognising import recognise, recognisers, words
from kundenkreis.integrations.crm.folder.targets import WHATS, known


@pytest.mark.parametrize(
    ("header", "what", "columns"),
    [
        ("Vorname;Nachname;E-Mail;Telefon", "persons", "first_name last_name email phone"),
        ("Telefon;NAME;Vorname", "persons", "phone last_name first_name"),
        ("First Name;Surname;Company;Zip", "persons", "first_name last_name company postal_code"),
        ("prénom;nom de famille;société;ville", "persons", "first_name last_name company town"),
        ("Firma;Ansprechpartner;PLZ;Ort", "organisations", "company full_name postal_code town"),
        ("Name;Branche;Webseite", "organisations", "company industry website"),
        ("Kd.-Nr.;Firma;Straße", "organisations", "number company street"),
        ("Name;Telefon", "persons", "full_name phone"),
    ],
)
def test_a_list_is_known_by_its_words(header: str, what: str, columns: str) -> None:
    found = recognise(header.split(";"), [])
    assert found is not None
    assert (found.what, found.columns) == (what, columns.split())


def test_letters_may_stand_above_the_names_of_the_columns() -> None:
    rows = [["", ""], ["Firma", "Ort"], ["A", "B"]]
    found = recognise(["Kundenliste 2019"], rows)
    assert found is not None
    assert (found.head, found.header) == (2, ["Firma", "Ort"])


@pytest.mark.parametrize("header", ["Datum;Betrag;Text", "a;b;c", "", "Ort"])
def test_what_holds_nobody_is_not_guessed(header: str) -> None:
    assert recognise(header.split(";"), []) is None


@pytest.mark.parametrize("one", recognisers(), ids=lambda one: f"{one.system}-{one.what}")
def test_every_shipped_profile_recognises_its_own_files(one: object) -> None:
    assert one in recognisers()
    header = sorted(one.needs | set(one.columns))  # type: ignore[attr-defined]
    found = recognise(header, [])
    assert found is not None
    assert (found.system, found.what) == (one.system, one.what)  # type: ignore[attr-defined]
    assert found.what in WHATS
    assert all(known(target) or target == "ignore" for target in found.columns)


def test_every_word_leads_to_something_that_there_is() -> None:
    assert all(known(target) for target in words().values())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Anna Kern", {"first_name": "Anna", "last_name": "Kern"}),
        ("Herr Dr. Max von der Heide jun.", {"salutation": "Herr", "title": "Dr.", "first_name": "Max", "name_prefix": "von der", "last_name": "Heide", "name_suffix": "jun."}),
        ("Müller, Katharina", {"first_name": "Katharina", "last_name": "Müller"}),
        ("von Berg, Dr. Anna", {"title": "Dr.", "first_name": "Anna", "name_prefix": "von", "last_name": "Berg"}),
        ("Frau Prof. Dr. med. Ute Sommer", {"salutation": "Frau", "title": "Prof. Dr. med.", "first_name": "Ute", "last_name": "Sommer"}),
        ("Anna Maria Kern", {"first_name": "Anna Maria", "last_name": "Kern"}),
        ("Kern", {"last_name": "Kern"}),
        ("Familie Kern", {"last_name": "Kern"}),
        ("", {}),
    ],
)  # fmt: skip
def test_whole_names_are_parted(text: str, parts: dict[str, str]) -> None:
    assert personal.parted(text) == parts
