"""Tables as they come from other programs: old encodings, workbooks, no column of ids."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from kundenkreis.insight.analyse.errors import UnreadableFile
from kundenkreis.kernel.errors import DomainError

Found = Callable[..., dict[str, Any]]
OUTLOOK = (
    "Vorname;Nachname;Firma;Geschäftlich: Straße;Geschäftlich: PLZ;Geschäftlich: Ort;E-Mail-Adresse\r\n"
    "Jörg;Müller;Bäckerei Süß;Hauptstraße 5;07743;Jena;joerg.m@suess.example\r\n"
    "Joerg;Mueller;Baeckerei Suess GmbH;Hauptstr. 5;07743;Jena;joerg.m@suess.example\r\n"
    "Anna;Groß;;Weg 1;99084;Erfurt;anna@anders.example\r\n"
)


@pytest.fixture
def found(command: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> Found:
    def finding(path: str, *more: str) -> dict[str, Any]:
        assert command("duplicates", path, "--json", *more) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return finding


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "Windows-1252"),
        ("mac-roman", "Mac Roman"),
        ("cp850", "DOS 850"),
        ("utf-16", ""),
        ("utf-8-sig", ""),
        ("utf-8", ""),
    ],
)
def test_an_export_is_read_in_the_encoding_that_it_has(
    write: Callable[..., str], found: Found, encoding: str, said: str
) -> None:
    answer = found(write(OUTLOOK, encoding=encoding))

    assert [(one["left"], one["right"], one["decision"]) for one in answer["pairs"]] == [
        ("2", "3", "same")
    ], "rows are named by their lines"
    reasons = {one["field"]: one["left"] for one in answer["pairs"][0]["reasons"]}
    assert (reasons["last_name"], reasons["street"]) == ("Müller", "Hauptstraße 5")
    assert [said in one for one in answer["warnings"]] == ([True] if said else [])


def test_a_file_of_two_encodings_is_read_letter_by_letter(tmp_path: Path, found: Found) -> None:
    head, one, other, *_ = OUTLOOK.splitlines(keepends=True)
    path = tmp_path / "both.csv"
    path.write_bytes(f"{head}{one}".encode() + one.encode("cp1252") + other.encode())

    answer = found(str(path))
    assert answer["counts"]["same"] == 3
    assert "Müller" in {one["left"] for one in answer["pairs"][0]["reasons"]}
    assert "Windows-1252" in answer["warnings"][0]


def test_excel_may_say_its_separator(write: Callable[..., str], found: Found) -> None:
    answer = found(write("sep=|\r\n" + OUTLOOK.replace(";", "|")))
    assert [(one["left"], one["right"]) for one in answer["pairs"]] == [("3", "4")]


def test_postal_code_and_place_may_stand_in_one_column(
    write: Callable[..., str], found: Found
) -> None:
    text = (
        "Name;Vorname;Straße;PLZ Ort\n"
        "von Berg;Ute;Am Markt 3;07743 Jena\n"
        "Berg;Ute;Am Markt 3;D-07743 Jena\n"
    )
    (pair,) = found(write(text))["pairs"]
    ways = {one["field"]: one["agreement"] for one in pair["reasons"]}
    assert pair["decision"] == "same"
    assert (ways["place"], ways["last_name"], ways["street"]) == ("same", "same", "same")


def test_a_workbook_is_read(tmp_path: Path, found: Found) -> None:
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, ("Nr", "Vorname", "Nachname", "Geburtsdatum"))
    for at, first in enumerate(("Jörg", "Joerg"), start=1):
        sheet.write_row(at, 0, (at, first, "Kern"))
        sheet.write_datetime(at, 3, datetime(1971, 12, 3), day)  # noqa: DTZ001 - Excel has no zones
    book.close()

    (pair,) = found(str(path), "--id", "Nr")["pairs"]
    assert (pair["left"], pair["right"], pair["decision"]) == ("1", "2", "same")
    assert {one["left"] for one in pair["reasons"]} >= {"1971-12-03", "Kern"}


def test_what_is_no_table_is_refused_in_words(
    tmp_path: Path, write: Callable[..., str], found: Found
) -> None:
    archive, picture = tmp_path / "folder.zip", tmp_path / "picture.csv"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.csv", OUTLOOK)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200))
    with pytest.raises(DomainError, match="packed folder"):
        found(str(archive))
    with pytest.raises(UnreadableFile, match="is no table"):
        found(str(picture))


def test_an_empty_second_column_leaves_no_trace(write: Callable[..., str], found: Found) -> None:
    text = (
        "Name;Name 2;PLZ;Ort;Tel.;Telefon 2\nKern KG;;07743;Jena;03641 5;\nKern;;7743;Jena;03641/5;"
    )
    (pair,) = found(write(text))["pairs"]
    assert {one["field"]: one["left"] for one in pair["reasons"]}["phone"] == "03641 5"
    assert {one["field"]: one["agreement"] for one in pair["reasons"]}["place"] == "same"


def test_the_name_may_be_the_id(write: Callable[..., str], found: Found) -> None:
    text = "account;web\nKern KG;kern.example\nKern GmbH;kern.example\n"
    answer = found(write(text), "--id", "account", "--column", "account=name")
    assert answer["columns"] == {"account": "name", "web": "website"}
    assert [one["left"] for one in answer["pairs"]] == ["Kern KG"]


def test_whoever_stops_reading_sees_no_traceback(write: Callable[..., str]) -> None:
    rows = "".join(f"{n},Ute,Kern,{n % 9}.5.1960\n" for n in range(1, 400))
    path = write("id,Vorname,Nachname,Geburtsdatum\n" + rows)
    words = [
        sys.executable,
        "-m",
        "kundenkreis.config.main",
        "analyse",
        "duplicates",
        path,
        "--json",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
