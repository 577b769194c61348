from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kundenkreis.integrations.crm.folder import vcards


def read(text: str | bytes) -> list[dict[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    rows = vcards.rows(iter(data.splitlines(keepends=True)))
    return [{n: v for n, v in zip(vcards.COLUMNS, row, strict=True) if v} for _line, row in rows]


def card(*lines: str) -> dict[str, str]:
    (found,) = read("\n".join(["BEGIN:VCARD", *lines, "END:VCARD"]))
    return found


@pytest.mark.parametrize(
    ("lines", "cells"),
    [
        (["N:Doe;John;;;"], {"N.family": "Doe", "N.given": "John"}),
        (["N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg"], {"N.family": "Müller", "N.given": "Jörg"}),
        (["NOTE;QUOTED-PRINTABLE:eins=0D=0A=", "zwei"], {"NOTE": "eins\nzwei"}),
        (["NOTE:lang", "  und gefaltet"], {"NOTE": "lang und gefaltet"}),
        (["item1.EMAIL;type=INTERNET:a@example.org"], {"EMAIL": "a@example.org"}),
        (['TEL;VALUE=uri;TYPE="work,voice":tel:+49-30-23125-1;ext=2'], {"TEL": "+49-30-23125-1"}),
        (["TEL;HOME;FAX:030 1"], {"TEL.fax": "030 1"}),
        (["TEL;PAGER:030 1", "FN:A"], {"FN": "A"}),
        (["ORG:Meyer\\, Partner;Einkauf"], {"ORG": "Meyer, Partner", "ORG.unit": "Einkauf"}),
        (["BDAY:--0203", "FN:A"], {"FN": "A"}),
        (["BDAY:19800322"], {"BDAY": "1980-03-22"}),
        (["PHOTO;ENCODING=b:AAAA", " BBBB", "FN:A"], {"FN": "A"}),
        (["ADR;TYPE=home:;;Weg 1;Ort;;01234;D"], {"ADR.home.street": "Weg 1", "ADR.home.town": "Ort", "ADR.home.code": "01234", "ADR.home.country": "D"}),
        (["EMAIL;PREF=1;TYPE=home:b@example.org", "EMAIL:a@example.org"], {"EMAIL": "b@example.org", "EMAIL 2": "a@example.org"}),
    ],
)  # fmt: skip
def test_it_reads_what_programs_write(lines: list[str], cells: dict[str, str]) -> None:
    assert card(*lines) == cells


def test_a_broken_card_takes_no_other_along() -> None:
    text = "BEGIN:VCARD\nN:A;B\nBEGIN:VCARD\n;;;\n\x00:x\nFN:C\nEND:VCARD\nrubbish\nBEGIN:VCARD\nFN:D\n"
    assert [one.get("FN") or one["N.family"] for one in read(text)] == ["A", "C", "D"]


def test_it_reads_real_exports(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("vcards-a")
    found = {path.name: read(path.read_bytes()) for path in folder.glob("*.vcf")}
    assert {name: len(cards) for name, cards in found.items()} == {
        "John_Doe_GMAIL.vcf": 1, "John_Doe_IPHONE.vcf": 1, "John_Doe_MS_OUTLOOK.vcf": 1, "gmail-list.vcf": 3,
        "gmail-single.vcf": 1, "outlook-2003.vcf": 1, "rfc2426-example.vcf": 2, "rfc6350-example.vcf": 1,
    }  # fmt: skip
    iphone = found["John_Doe_IPHONE.vcf"][0]
    assert iphone["ORG"] == "IBM"
    assert iphone["ADR.home.town"] == "New York"
    assert iphone["TEL.fax"] == "905-888-1234"
    assert found["John_Doe_MS_OUTLOOK.vcf"][0]["BDAY"] == "1980-03-22"
    assert found["outlook-2003.vcf"][0]["NOTE"].startswith("This is the note field!!\nSecond line")
    assert found["rfc6350-example.vcf"][0]["TEL"] == "+1-418-656-9254"


@pytest.mark.parametrize("name", ["undefined", "idna", "zip", "a\0b", "x" * 500])
def test_a_card_that_names_an_odd_encoding_is_read_all_the_same(name: str) -> None:
    assert card(f"NOTE;CHARSET={name}:..Grüße", "FN:A") == {"NOTE": "..Grüße", "FN": "A"}


def test_what_comes_after_a_large_picture_is_not_lost() -> None:
    picture = ["PHOTO;ENCODING=b:AAAA", *[" " + "A" * 74] * (vcards.MOST_LINES + 1)]
    assert card(*picture, "TEL:030 1") == {"TEL": "030 1"}
    assert card("NOTE:x", *[" " + "x" * 74] * 1_000, "FN:A") == {"FN": "A"}  # no note is cut off
