"""PDF files are set in a child process, from data that is never a program."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pypdfium2
import pytest

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.printing import REPORT, Document, Rendering, render

SPITEFUL = '#panic("boom") *bold* #read("/etc/passwd") $x$ \\ <label> @ref'


def _texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as found:
        return [page.get_textpage().get_text_range() for page in found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders of work are made while the test runs."""
    made = tmp_path / "work"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def test_it_sets_texts_facts_and_tables(tmp_path: Path) -> None:
    document = Document("Auskunft", subtitle="Jürgen Groß", foot="Stand: heute", language="de")
    document.section("Angaben").facts([("Name", "Jürgen Groß"), ("Straße", "Łódzka 5")])
    rows = [(f"R-{number}", "1.234,56 €") for number in range(120)]
    document.section("Rechnungen").table(["Nummer", "Betrag"], rows, right=[1])
    document.section("Notiz").text("Erste Zeile\nZweite\n\nNeuer Absatz")
    found = render(REPORT, document.data, tmp_path / "made.pdf")
    texts = _texts(tmp_path / "made.pdf")
    assert found["archive"]
    assert found["bytes"] == (tmp_path / "made.pdf").stat().st_size
    assert "Jürgen Groß" in texts[0]
    assert "Łódzka 5" in texts[0]
    assert "Neuer Absatz" in texts[-1]
    assert all("Stand: heute" in text for text in texts)
    # The head of a table comes again on each page that it goes on.
    assert sum("Nummer" in text for text in texts) == len(texts) > 2


def test_s10_what_somebody_typed_is_text_and_no_program(tmp_path: Path) -> None:
    document = Document(SPITEFUL)
    document.section(SPITEFUL).text(SPITEFUL).facts([(SPITEFUL, SPITEFUL)])
    document.section("x").table([SPITEFUL], [[SPITEFUL]])
    render(REPORT, document.data, tmp_path / "made.pdf")
    text = "".join(_texts(tmp_path / "made.pdf"))
    assert '#panic("boom") *bold*' in text
    assert "root:" not in text


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd"])
def test_s11_a_template_reads_nothing_outside_its_folder(tmp_path: Path, path: str) -> None:
    template = tmp_path / "curious.typ"
    template.write_text(f'#read("{path}")')
    with pytest.raises(DomainError, match="could not be made"):
        render(template, {}, tmp_path / "made.pdf")
    assert not (tmp_path / "made.pdf").exists()


def test_control_the_same_template_reads_what_it_was_given(tmp_path: Path) -> None:
    template, logo = tmp_path / "curious.typ", tmp_path / "logo.txt"
    template.write_text('#read("logo.txt")')
    logo.write_text("Kundenkreis")
    render(template, {}, tmp_path / "made.pdf", files={"logo.txt": logo})
    assert "Kundenkreis" in _texts(tmp_path / "made.pdf")[0]


def test_a_letter_that_no_font_has_does_not_stop_it(tmp_path: Path) -> None:
    document = Document("Name: \U0001f600 \u200b \u0378 ende\0\x07")
    found = render(REPORT, document.data, tmp_path / "made.pdf")
    assert "Name" in _texts(tmp_path / "made.pdf")[0]
    assert not found["archive"]


def test_one_that_takes_too_long_is_ended_and_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    template = tmp_path / "endless.typ"
    template.write_text("#for i in range(1000000000) [a]")
    with pytest.raises(DomainError, match="could not be made"):
        render(template, {}, tmp_path / "made.pdf", seconds=1)
    assert not any(folder.iterdir())
    assert not (tmp_path / "made.pdf").exists()


def test_it_can_be_left_to_go_on_and_be_given_up(tmp_path: Path, folder: Path) -> None:
    going = Rendering(REPORT, Document("x").data, tmp_path / "made.pdf")
    assert any(folder.iterdir())
    going.close()
    assert not any(folder.iterdir())


def test_one_that_cannot_even_begin_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Rendering(REPORT, {}, tmp_path / "made.pdf", files={"logo.png": tmp_path / "gone"})
    assert not any(folder.iterdir())
