"""Files that are broken, huge, or meant to harm: a clear answer, nothing changed, bounded memory.

The numbers are those of the fault catalogue: F21 hostile CSV, S13 bombs, S14 entities.
"""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Iterator

import pytest
import xlsxwriter
from django.utils import translation

from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, testing
from kundenkreis.records.exchange import commands, reading, storing

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")
SHEET = "xl/worksheets/sheet1.xml"
MIB = 1 << 20


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def book(cells: list[list[object]], **options: object) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(cells):
            sheet.write_row(at, 0, row)
    return file.getvalue()


def tampered(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook with another content in one of its parts."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
    return file.getvalue()


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


GOOD = book([["Last name", "First name"], ["Weiß", "Jana"]])
FAR = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>
</sheetData></worksheet>"""
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY x SYSTEM
"file:///etc/passwd">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Last name</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>&d;&x;</t></is></c></row></sheetData></worksheet>"""

HOSTILE = {
    "nothing at all": (b"", "first line"),
    "only a head": (b"Last name\n", "first line"),
    "NUL in a text": (b"Last name\nA\0B\n", "neither"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0", "neither"),
    "a million columns": (b"," * 1_000_000 + b"\n1\n", "first line"),
    "a million named columns": (b"a," * 1_000_000 + b"\n1\n", "more than 1,000 columns"),
    "a line without end": (b"Last name\n" + b"x" * (20 * MIB), "longer than any text"),
    "an open quotation mark": (b'Last name;A\n"Kern;1\n' + b"Tann;2\n" * 50_000, "quotation mark"),
    "an open quotation mark near the end": (b'Last name\nA\n"Kern\n', "line 3 is not closed"),
    "a name that lies": (b"PK\x03\x04 this is no archive", "damaged"),
    "a workbook cut off": (GOOD[: len(GOOD) // 2], "damaged"),
    "an archive of other files": (zipped(**{"a.csv": b"Last name\nA\n"}), "packed folder"),
    "a workbook with a broken part": (tampered(GOOD, SHEET, b"<worksheet><sheetData><row"), ""),
    "a cell at the end of the world": (tampered(GOOD, SHEET, FAR), "more memory or time"),
    "a zip bomb": (tampered(GOOD, SHEET, b" " * (60 * MIB)), "far larger"),
    "an archive with too many parts": (
        zipped(**{"[Content_Types].xml": b"", **{f"{n}": b"" for n in range(10_001)}}),
        "far larger",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_f21_s13_a_hostile_file_gets_a_clear_answer_and_changes_nothing(
    content: bytes, said: str
) -> None:
    transfer = testing.brought(PERSON, content)
    assert transfer.state == "failed"
    assert said in transfer.problem
    assert "not a table we can read" in transfer.problem
    assert not Person.objects.exists()


def test_s14_entities_are_neither_multiplied_nor_fetched() -> None:
    transfer = testing.brought(PERSON, tampered(GOOD, SHEET, LAUGHS))
    if transfer.state != "failed":
        text = "".join(str(row.cells) for row in testing.rows_of(PERSON, transfer))
        assert len(text) < 200
        assert "root:" not in text


def test_formulas_come_in_as_what_they_say_and_never_run() -> None:
    text = "last name;source\n=cmd|' /C calc'!A0;x\n'=1+1;x\n"
    transfer = testing.ran(PERSON, testing.checked(PERSON, testing.brought(PERSON, text)))
    assert transfer.counts["created"] == 2
    names = set(Person.objects.values_list("last_name", flat=True))
    assert names == {"=cmd|' /C calc'!A0", "=1+1"}


def test_a_csv_file_that_is_called_excel_is_read_as_what_it_is() -> None:
    transfer = commands.start_import(PERSON, ANNA, [("persons.xlsx", [b"last name\nWei\xdf\n"])])
    transfer = testing.worked(PERSON, transfer)
    assert (transfer.state, transfer.found["files"][0]["encoding"]) == ("asking", "cp1252")


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman", "cp850"],
)
def test_it_reads_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    text = "Nachname;Vorname\nGrößler;Jürgen\nMüller;Änne\n"
    transfer = testing.brought(PERSON, text.encode(encoding))
    assert transfer.asked["mapping"] == ["last_name", "first_name"]
    rows = [row.cells for row in testing.rows_of(PERSON, transfer)]
    assert rows == [["Größler", "Jürgen"], ["Müller", "Änne"]]


def test_a_file_beyond_all_measure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10 * MIB)
    folder = storing.folder(PERSON.side, "a").parent
    before = set(folder.iterdir())
    with pytest.raises(DomainError, match="too large"):
        commands.start_import(PERSON, ANNA, [("a.csv", (b"x" * MIB for _ in range(10_000)))])
    assert set(folder.iterdir()) == before


def test_the_reader_may_take_only_so_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hostile file makes of the child is bounded by the system, whatever it does."""
    monkeypatch.setitem(reading.LIMITS, "memory", 150 * MIB)
    monkeypatch.setitem(reading.LIMITS, "unpacked", 1 << 40)
    monkeypatch.setitem(reading.LIMITS, "ratio", 1 << 20)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    transfer = testing.brought(PERSON, tampered(GOOD, SHEET, FAR))
    assert (transfer.state, "more memory" in transfer.problem) == ("failed", True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert max(after - before, 0) < 200 * 1024
