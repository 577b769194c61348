"""`kundenkreis analyse duplicates` as a user runs it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import pytest

from kundenkreis.crm.people.duplicates.errors import NothingToCompare, UnknownField
from kundenkreis.insight.analyse.errors import UnusableColumn, UnusableOption

HEAD = "nr,Vorname,Nachname,Geburtsdatum,PLZ,Ort,Telefon,wer\n"
FILE = (
    HEAD
    + "1,Jana,Weiß,3.12.1971,07743,Jena,030/123 45-6,a\n"
    + "2,JANA,Weiss,1971-12-03,07743,Jena,+49 (0)30 123456,a\n"
    + "3,Uwe,Kern,1.5.1960,99084,Erfurt,0361 5555,b\n"
    + "4,Petra,Tann,7.8.1955,98527,Suhl,03681 7777,c\n"
    + "5,Balthasar,Quint,,,Gera,,d\n"
    + "6,Balthasar,Quint,,,Gera,,d\n"
)
Answer = dict[str, Any]


@pytest.fixture
def found(command: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The JSON answer of `analyse duplicates FILE --id nr …`."""

    def finding(path: str, *more: str) -> Answer:
        assert command("duplicates", path, "--id", "nr", "--json", *more) == 0
        answer: Answer = json.loads(capsys.readouterr().out)
        return answer

    return finding


def test_it_prints_pairs_with_score_decision_and_reasons(
    write: Callable[..., str], found: Callable[..., Answer]
) -> None:
    answer = found(write(FILE), "--truth", "wer")
    pair = answer["pairs"][0]

    assert (pair["left"], pair["right"], pair["decision"]) == ("1", "2", "same")
    assert 0.9 < pair["score"] <= 1
    reason = next(one for one in pair["reasons"] if one["field"] == "phone")
    assert reason == {
        "field": "phone",
        "left": "030/123 45-6",
        "right": "+49 (0)30 123456",
        "agreement": "same",
        "weight": reason["weight"],
    }
    assert reason["weight"] > 5
    assert answer["kind"] == "person"
    assert answer["columns"] == {
        "Vorname": "first_name",
        "Nachname": "last_name",
        "Geburtsdatum": "birth_date",
        "PLZ": "postcode",
        "Ort": "place",
        "Telefon": "phone",
    }


def test_precision_and_recall_are_of_what_it_called_the_same(
    write: Callable[..., str], found: Callable[..., Answer]
) -> None:
    answer = found(write(FILE), "--truth", "wer")

    assert (answer["precision"], answer["recall"]) == (1.0, 0.5)
    counts = answer["counts"]
    assert (counts["rows"], counts["same"], counts["review"]) == (6, 1, 1)
    assert (counts["true_pairs"], counts["true_pairs_same"]) == (2, 1)


def test_without_a_truth_there_is_neither(
    write: Callable[..., str], found: Callable[..., Answer]
) -> None:
    answer = found(write(FILE), "--column", "wer=")
    assert (answer["precision"], answer["recall"]) == (None, None)


def test_a_packed_file_and_a_second_one_are_read(
    write: Callable[..., str], found: Callable[..., Answer]
) -> None:
    other = write("nr;Name;Geb.datum\n1;Weiß, Jana;03.12.1971\n", "other.csv.gz")
    answer = found(write(FILE, "one.csv.gz"), "--with", other, "--column", "Geb.datum=birth_date")

    assert [(one["left"], one["right"]) for one in answer["pairs"]] == [("1", "1"), ("2", "1")]
    assert answer["counts"]["other_rows"] == 1


def test_a_cut_list_says_so(write: Callable[..., str], found: Callable[..., Answer]) -> None:
    answer = found(write(FILE), "--limit", "1")
    assert len(answer["pairs"]) == answer["counts"]["listed"] == 1
    assert "1 more pair was found and is not listed" in answer["warnings"][0]


def test_a_file_of_names_is_told_that_names_alone_never_merge(
    write: Callable[..., str], found: Callable[..., Answer]
) -> None:
    answer = found(write("nr,Vorname,Nachname\n1,Balthasar,Quint\n2,Balthasar,Quint\n"))
    assert answer["pairs"][0]["decision"] == "review"
    assert "names alone never are" in answer["warnings"][0]


def test_the_text_is_for_reading(
    write: Callable[..., str], command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("duplicates", write(FILE), "--id", "nr", "--truth", "wer") == 0
    text = capsys.readouterr().out
    assert "6 rows" in text
    assert "Precision 1.0000, recall 0.5000 of 2 true pairs" in text
    assert "1 = 2" in text
    assert "Phone: the same" in text


@pytest.mark.parametrize(
    ("text", "words", "error", "says"),
    [
        (FILE, ["--column", "Vorname=colour"], UnknownField, "colour"),
        (FILE, ["--column", "Hut=place"], UnusableOption, "Hut"),
        (FILE, ["--limit", "0"], UnusableOption, "--limit"),
        (FILE, ["--memory", "5"], UnusableOption, "--memory"),
        (FILE, ["--truth", "Hut"], UnusableColumn, "Hut"),
        (HEAD + "1,A,B,,,,,\n1,C,D,,,,,\n", [], UnusableColumn, "more than once"),
        (HEAD + ",A,B,,,,,\n", [], UnusableColumn, "Line 2"),
        ("nr,Farbe\n1,rot\n", [], NothingToCompare, "--column Farbe="),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    write: Callable[..., str],
    command: Callable[..., int],
    text: str,
    words: list[str],
    error: type[Exception],
    says: str,
) -> None:
    with pytest.raises(error, match=says):
        command("duplicates", write(text), "--id", "nr", *words)


def test_the_parser_knows_what_rows_may_be(command: Callable[..., int]) -> None:
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        command("duplicates", "x.csv", "--id", "nr", "--kind", "cat")
