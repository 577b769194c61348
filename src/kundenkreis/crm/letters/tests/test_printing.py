"""The files of letters: measured on the paper, and readable by Word."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document

from kundenkreis.crm.letters import printing, queries
from kundenkreis.crm.letters.commands import finish_letter, set_logo
from kundenkreis.crm.letters.jobs import print_letter, sweep_files
from kundenkreis.crm.letters.models import Letter, Letterhead
from kundenkreis.crm.letters.printing import word
from kundenkreis.crm.letters.tests.paper import draft, jana, paper, reach, works
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import contact_commands
from kundenkreis.kernel import files
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

POINTS = 72 / 25.4  # in a millimetre


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + name + content + check


# One pixel, red.
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]))
    + _chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    + _chunk(b"IEND", b"")
)
BROKEN = (PNG[:-20], PNG.replace(b"IDAT", b"IDAU"), b"\xff\xd8\xff\xe0" + b"\0" * 40)

Box = tuple[float, float, float, float]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FOLDERS = {side: tmp_path / side for side in Side}
    return tmp_path


def _boxes(page: pypdfium2.PdfPage, said: str) -> Iterator[Box]:
    """Where a text stands on a page: left, top, right, bottom in mm from the upper left corner."""
    text = page.get_textpage()
    height = page.get_height()
    finder = text.search(said, match_case=True)
    while (found := finder.get_next()) is not None:
        index, count = found
        for left, bottom, right, top in (
            text.get_rect(number) for number in range(text.count_rects(index, count))
        ):
            yield left / POINTS, (height - top) / POINTS, right / POINTS, (height - bottom) / POINTS


def _only(page: pypdfium2.PdfPage, said: str) -> Box:
    (box,) = _boxes(page, said)
    return box


def _printed(letter: Letter) -> Letter:
    print_letter.func(letter.pk)
    return Letter.objects.get(pk=letter.pk)


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    """DIN 5008, form B: address zone 27.3 mm high from 62.7 mm on, 85 mm wide from 20 mm on, with
    5 mm inside; the sender's line above it; folding marks at 105 and 210 mm."""
    firm = works()
    letter = _printed(
        finish_letter(actor=ANNA, letter_id=draft(person=jana(), organisation=firm).pk)
    )
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        page = found[0]
        assert (round(page.get_width() / POINTS), round(page.get_height() / POINTS)) == (210, 297)
        lines = [_only(page, said) for said in letter.content["address"]]
        for left, top, right, bottom in lines:
            assert left == pytest.approx(25, abs=0.6)
            assert right <= 105
            assert 62.7 <= top < bottom <= 90
        assert [top for _left, top, *_rest in lines] == sorted(top for _left, top, *_rest in lines)
        sender = _only(page, letter.content["return_line"])
        assert 45 <= sender[1] < sender[3] <= 62.7
        assert max(_boxes(page, "03641 5550"))[0] >= 125
        assert next(_boxes(page, "Ihre Anfrage"))[1] == pytest.approx(98.46, abs=2)
        assert _only(page, "Sehr geehrte")[0] == pytest.approx(25, abs=0.6)
        marks = [
            round((page.get_height() - one.get_bounds()[3]) / POINTS, 1)
            for one in page.get_objects()
            if one.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH and one.get_bounds()[2] / POINTS < 20
        ]
        assert sorted(round(mark) for mark in marks) == [105, 148, 210]


def test_a_long_letter_goes_on_with_numbered_pages() -> None:
    body = "{{ salutation }},\n\n" + "\n\n".join(["Donaudampfschifffahrt und mehr. " * 12] * 14)
    letter = _printed(draft(body=body))
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        texts = [" ".join(page.get_textpage().get_text_range().split()) for page in found]
    assert len(texts) >= 2
    assert f"1 / {len(texts)}" in texts[0]
    assert f"{len(texts)} / {len(texts)}" in texts[-1]
    assert "Goethestraße" in texts[0]
    assert "Goethestraße" not in texts[-1]
    # What the law asks stands on every page.
    assert all("HRB 501234" in text and "Renate Bergmann" in text for text in texts)


def test_the_word_file_says_the_same_and_has_the_address_in_a_frame() -> None:
    letter = _printed(draft(body="{{ salutation }},\n\nein **Angebot**:\n\n- eins\n- zwei"))
    path = files.path_of(Side.CRM, letter.docx)
    doc = Document(str(path))
    texts = [paragraph.text for paragraph in doc.paragraphs]
    assert "Frau Dr. Jana Weiß" in texts
    assert "Sehr geehrte Frau Dr. Weiß," in texts
    assert any(run.bold and run.text == "Angebot" for one in doc.paragraphs for run in one.runs)
    assert [one.text for one in doc.paragraphs if one.style.name == "List Bullet"] == [
        "eins",
        "zwei",
    ]  # type: ignore[union-attr]
    with zipfile.ZipFile(path) as packed:
        xml = packed.read("word/document.xml").decode()
    top = round(62.7 * printing_twips())
    assert f'w:y="{top}"' in xml
    assert 'w:vAnchor="page"' in xml
    # Lines to fold and to punch by are borders, at their height whatever the font.
    assert xml.count("<w:pBdr>") == 3
    for mark in (105, 148.5, 210):
        assert f'w:y="{round(mark * printing_twips())}"' in xml


def printing_twips() -> float:
    return 1440 / 25.4


def test_s10_a_letter_is_text_and_no_program() -> None:
    text = '#read("/etc/passwd") $x$ \\u{41} <label> @x #panic("x")'
    letter = _printed(draft(subject=text, body=text))
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        assert '#read("/etc/passwd")' in found[0].get_textpage().get_text_range()


def test_files_belong_to_a_version_and_a_changed_draft_has_none() -> None:
    letter = _printed(draft())
    assert letter.printed == letter.version
    finish_letter(actor=ANNA, letter_id=letter.pk)
    letter = Letter.objects.get(pk=letter.pk)
    assert letter.printed != letter.version
    assert _printed(letter).printed == letter.version


def test_a_logo_stands_on_the_paper_and_only_pictures_are_logos() -> None:
    head = paper()
    for content in (b"<svg onload=alert(1)>", b"GIF89a", PNG + b"x" * 1_000_001, *BROKEN):
        with pytest.raises(DomainError, match="cannot be the logo"):
            set_logo(actor=ANNA, letterhead_id=head.pk, content=content)
    set_logo(actor=ANNA, letterhead_id=head.pk, content=PNG)
    letter = _printed(draft())
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        kinds = [one.type for one in found[0].get_objects()]
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds
    with zipfile.ZipFile(files.path_of(Side.CRM, letter.docx)) as packed:
        assert any(name.startswith("word/media/") for name in packed.namelist())


def test_files_that_nothing_names_are_swept_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    head = paper()
    set_logo(actor=ANNA, letterhead_id=head.pk, content=PNG)
    letter = _printed(draft())
    orphan = files.keep(Side.CRM, b"nobody's")
    assert files.swept(Side.CRM) == 0  # it may be somebody's in a moment
    monkeypatch.setattr(files, "YOUNG", -1)
    monkeypatch.setattr(files.swept, "__kwdefaults__", {"young": -1})
    sweep_files.func()
    assert not files.there(Side.CRM, orphan)
    head.refresh_from_db()
    for digest in (letter.pdf, letter.docx, head.logo):
        assert files.there(Side.CRM, digest)
    assert queries.shown(letter)["head"]["logo"] == head.logo


def test_a_name_of_a_file_is_never_a_path() -> None:
    for name in ("../../etc/passwd", "", "ab", "A" * 64, "/" * 64):
        with pytest.raises(ValueError):
            files.path_of(Side.CRM, name)


ODD = "\x07\x0b\x1f\ufffe\uffff"


def test_letters_that_no_file_can_have_are_left_out_and_stop_no_letter() -> None:
    """They come with imports; one such name would stop a letter for a thousand people."""
    firm = people.create_organisation(actor=ANNA, name=f"Muster{ODD} KG")
    reach(firm)
    letter = _printed(draft(organisation=firm, body=f"An {{{{organisation}}}}{ODD}."))
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        assert "An Muster KG." in found[0].get_textpage().get_text_range()
    assert "An Muster KG." in _paragraphs(letter)


def test_a_long_subject_is_no_reason_for_having_no_word_file() -> None:
    firm = people.create_organisation(actor=ANNA, name="Verein zur Förderung " * 5)
    reach(firm)
    letter = _printed(draft(organisation=firm, subject="{{organisation}} " * 8))
    assert letter.docx


def test_every_list_of_the_word_file_counts_from_one() -> None:
    letter = _printed(draft(body="Erst:\n1. Eins\n2. Zwei\n\nDann:\n1. Drei"))
    texts = [text for text in _paragraphs(letter) if text[1:2] == "."]
    assert texts == ["1.\tEins", "2.\tZwei", "1.\tDrei"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Gemeinnützige Gesellschaft zur Förderung der Augenheilkunde in Mitteldeutschland", {}),
        ("DONAUDAMPFSCHIFFFAHRTSELEKTRIZITÄTENHAUPTBETRIEBSWERKBAUUNTERBEAMTENGESELLSCHAFT", {}),
        ("Kurz KG", {"value": "Haus 1, Hof 2, Aufgang 3, Zimmer 4, Goethestraße 5, 99423 Weimar"}),
    ],
)
def test_a_long_address_stays_in_the_window_with_its_town(name: str, address: Any) -> None:
    firm = people.create_organisation(actor=ANNA, name=name)
    if address:
        contact_commands.add_contact_detail(actor=ANNA, holder=firm, kind="postal", **address)
    else:
        reach(firm)
    letter = _printed(draft(person=jana(), organisation=firm))
    lines = queries.shown(letter)["address"]
    assert "Weimar" in lines[-1]
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        boxes = [_only(found[0], said) for said in lines]
    assert all(top >= 62.7 and right <= 105 and bottom <= 90 for _l, top, right, bottom in boxes)
    for above, below in pairwise(boxes):
        assert above[3] <= below[1] + 0.3


def test_a_long_mail_address_stays_in_the_block_of_information() -> None:
    said = "vertriebsinnendienst.mitteldeutschland@bergmann-optik.example"
    letter = _printed(draft(person=jana(), letterhead=paper(email=said)))
    assert said in [row[1] for row in queries.shown(letter)["information"]]
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, letter.pdf)) as found:
        left, _top, right, _bottom = max(_boxes(found[0], said))
    assert left >= 125
    assert right <= 200


def _paragraphs(letter: Letter) -> list[str]:
    return [one.text for one in Document(str(files.path_of(Side.CRM, letter.docx))).paragraphs]


def test_a_thousand_letters_are_one_word_file_in_time(tmp_path: Path) -> None:
    """The work grows with the letters, not with their square; each of them has the logo."""
    head = paper()
    set_logo(actor=ANNA, letterhead_id=head.pk, content=PNG)
    letter = draft(letterhead=Letterhead.objects.get(), body="Erst:\n- eins\n- zwei\n\nDann.")
    content = queries.shown(letter)
    target = tmp_path / "made.docx"
    printing.begin([content] * 20, printing.DOCX, target).finish()
    with zipfile.ZipFile(target) as packed:
        xml = packed.read("word/document.xml").decode()
    assert xml.count("<w:drawing>") == 20
    assert xml.rindex("<w:sectPr") > xml.rindex("</w:p>")
    few, many = (word_seconds([content] * number, tmp_path) for number in (50, 400))
    assert many < 12 * few  # of eight times as many; it was 16 times as long


def word_seconds(contents: list[Any], folder: Path) -> float:
    """The processor's time for a Word file of letters."""
    begun = time.process_time()
    word.write([{**one, "head": {**one["head"], "logo_kind": ""}} for one in contents], folder)
    return time.process_time() - begun
