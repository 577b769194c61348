"""Files in, over HTTP: choose, map, check, correct, take over, look at the result, undo."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named
from kundenkreis.records.exchange.exporting import csv_file, export
from kundenkreis.records.models import Transfer
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

FILE = "Vorname;Nachname;E-Mail\nPetra;Tann;petra@example.org\nMarkus;Kern;kein-postfach\n"
COLUMNS = {
    "column": ["first_name", "last_name", "email"],
    "rule": ["overwrite"] * 3,
    "decimal": ",",
    "dates": "dmy",
    "mode": "create",
    "key": ["email"],
    "constant-source": "Messe",
    "constant-legal_basis": "Consent",
}


def brought(client: Client, *texts: str, slug: str = "persons") -> str:
    """The page of an import whose files were chosen and read."""
    files = [SimpleUploadedFile(f"{n}.csv", text.encode()) for n, text in enumerate(texts)]
    page = client.post(f"/crm/{slug}/import/", {"file": files})["Location"]
    work()
    return str(page)


def work() -> None:
    """What the worker does until nothing is left; between two turns it makes a short pause."""
    moving = Transfer.objects.using("default").filter(state__in=["reading", "checking", "running"])
    until = time.monotonic() + 20
    while moving.exists() and time.monotonic() < until:
        runner.run_due(Side.CRM)


def step(client: Client, page: str, name: str, data: object = ()) -> str:
    answer = client.post(f"{page}{name}/", dict(data))  # type: ignore[call-overload]
    assert answer.status_code == 302, answer.text
    work()
    return client.get(page).text


def test_a_file_becomes_people_and_an_undo_takes_them_away(company: Company, anna: Client) -> None:
    page = brought(anna, FILE)
    asked = anna.get(page).text
    assert re.search(r'<option value="email" selected>', asked)
    checked = step(anna, page, "columns", COLUMNS)
    assert "kein-postfach" in checked
    assert Person.objects.count() == 1  # the one who was there before
    step(anna, page, "rows", {"cells": ["1"], "cell-1-2": "markus@example.org", "again": "1"})
    done = step(anna, page, "run")
    assert Person.objects.count() == 3
    results = b"".join(anna.get(f"{page}report/results/")).decode()
    assert results.count("created") == 2
    undo = re.search(r'action="(/crm/persons/undo/\w+/)"', done)
    assert undo
    anna.post(undo[1])
    assert list(Person.objects.values_list("pk", flat=True)) == [company.person.pk]


def test_it_asks_for_source_and_legal_basis_before_anything_is_checked(
    company: Company, anna: Client
) -> None:
    page = brought(anna, FILE)
    asked = anna.get(page).text
    assert asked.index('name="constant-source"') < asked.index("<table")
    said = {**COLUMNS, "constant-source": "", "constant-legal_basis": "Consent", "mode": "both"}
    answer = anna.post(f"{page}columns/", said)
    assert answer.status_code == 422
    assert answer.text.count("Say it here, or choose a column for it.") == 1
    assert f'action="{page}columns/"' in answer.text  # the page has another address now
    for kept in ("<option selected>Consent", 'value="both" checked', 'value="email" selected'):
        assert kept in answer.text
    assert Transfer.objects.using("default").get().state == "asking"
    update = {**said, "mode": "update"}  # which makes no new record
    assert "Nothing is saved yet" in step(anna, page, "columns", update)


def test_the_rows_are_corrected_with_the_suggestions_of_the_form(
    company: Company, anna: Client
) -> None:
    head = "Vorname;Nachname;E-Mail;Firma;Verantwortlich;Sprache\n"
    rows = "Petra;Tann;kaputt;Bergmann;Jemand;Klingonisch\nUwe;Kern;uwe@example.org;;;\n"
    page = brought(anna, head + rows + "Uwe;Kern;;;;\n")
    columns = ["first_name", "last_name", "email", "organisation", "owner_id", "language"]
    checked = step(anna, page, "columns", {**COLUMNS, "column": columns})
    assert re.search(
        r'<input[^>]*name="cell-0-3"[^>]*hx-get="/crm/organisations/suggestions/', checked
    )
    owners = re.search(r'<datalist id="choices-4">(.*?)</datalist>', checked)
    assert owners
    assert "Anna" in owners[1]
    languages = re.search(r'<datalist id="choices-5">(.*?)</datalist>', checked)
    assert languages
    assert "German" in languages[1]
    assert re.search(r'<input[^>]*name="cell-0-2"[^>]*aria-invalid="true"', checked)


def test_the_number_of_people_who_are_perhaps_there_stands_where_one_decides(
    company: Company, anna: Client
) -> None:
    text = (
        "Vorname;Nachname;Telefon\nPetra;Tann;030 123456\nPeter;Tann;030 123456\nUwe;Kern;keine\n"
    )
    page = brought(anna, text)
    columns = {**COLUMNS, "column": ["first_name", "last_name", "phone"]}
    checked = step(anna, page, "columns", columns)
    warned = checked.index("1 row is perhaps there already.")
    assert warned < checked.index("Take over 2 rows")
    assert '<a href="?show=warnings">Look at them first</a>' in checked
    assert "perhaps there already." not in anna.get(f"{page}?show=warnings").text


def test_failed_rows_come_back_as_a_file_that_can_be_imported(
    company: Company, anna: Client
) -> None:
    page = brought(anna, FILE)
    step(anna, page, "columns", COLUMNS)
    step(anna, page, "run")
    failed = b"".join(anna.get(f"{page}report/failed/")).decode()
    assert "kein-postfach" in failed
    assert "petra@" not in failed
    again = brought(anna, failed.replace("kein-postfach", "markus@example.org"))
    # The same columns, and one more with the reason, which goes nowhere.
    step(anna, again, "columns", {**COLUMNS, "column": [*COLUMNS["column"], ""]})
    step(anna, again, "run")
    assert Person.objects.filter(last_name="Kern").count() == 1


def test_a_broken_file_gets_a_clear_answer(company: Company, anna: Client) -> None:
    page = brought(anna, "PK\x03\x04 no workbook")
    text = anna.get(page).text
    assert "not a table we can read" in text
    assert "Traceback" not in text


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(
    company: Company, anna: Client
) -> None:
    # Whoever read the body would wait for two gigabytes that never come.
    asked = {"CONTENT_LENGTH": "2000000000", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = anna.generic("POST", "/crm/persons/import/", b"--x", **asked)
    assert answer.status_code == 422
    assert "The file is too large" in answer.text
    assert not Transfer.objects.using("default").exists()


def test_an_import_is_nobody_elses(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    page = brought(anna, FILE)
    ben = logged_in(company.ben)
    for answer in (
        ben.get(page),
        ben.post(f"{page}columns/", COLUMNS),
        ben.post(f"{page}run/"),
        ben.get(f"{page}report/failed/"),
        ben.get(page.replace("persons", "organisations")),
    ):
        assert answer.status_code == 404
    assert Transfer.objects.using("default").get().state == "asking"


def test_a_list_goes_out_is_edited_and_comes_back_as_a_reviewed_difference(
    company: Company, anna: Client
) -> None:
    text = "".join(csv_file(export(named("organisation"), ANNA, QueryDict(), "csv")))
    assert "Bergmann Optik GmbH" in text
    edited = text.replace("Bergmann Optik GmbH", "Bergmann Optik SE")
    page = brought(anna, edited, slug="organisations")
    review = anna.get(page).text
    assert "<del>Bergmann Optik GmbH</del>" in review
    assert "<ins>Bergmann Optik SE</ins>" in review
    # Not this one, after all.
    step(anna, page, "rows", {"edit": ["0-name"], "again": "1"})
    step(anna, page, "run") if "Take over 1" in anna.get(page).text else None
    assert Organisation.objects.get().name == "Bergmann Optik GmbH"
    page = brought(anna, edited, slug="organisations")
    step(anna, page, "run", {"edit": ["0-name"], "take-0-name": "on"})
    assert Organisation.objects.get().name == "Bergmann Optik SE"


def test_an_excel_list_that_nobody_edited_changes_nothing(company: Company, anna: Client) -> None:
    for slug in ("persons", "organisations", "opportunities"):
        file = BytesIO(b"".join(anna.get(f"/crm/{slug}/export.xlsx")))
        upload = SimpleUploadedFile("list.xlsx", file.getvalue())
        page = anna.post(f"/crm/{slug}/import/", {"file": [upload]})["Location"]
        work()
        transfer = Transfer.objects.using("default").latest("id")
        assert (transfer.state, transfer.problem) == ("checked", ""), anna.get(page).text
        assert {name: n for name, n in transfer.counts.items() if n} == {"unchanged": 1}
