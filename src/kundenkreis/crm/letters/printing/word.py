"""The short-lived process that writes letters as a Word file; it knows neither Django nor a database.

    echo '{"folder": "…", "target": "…", …}' | python -I word.py

What has its place on the paper (DIN 5008, form B; see `letter.typ`) stands in frames that are tied
to the page, so that somebody may write on without moving the address out of the window.
"""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_BREAK, WD_LINE_SPACING, WD_PARAGRAPH_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

TWIPS = 56.6929  # in a millimetre
FONT = "Arial"  # one that whoever opens it has
GREY = RGBColor(0x50, 0x50, 0x50)
ADDRESS_TOP, REMARKS, LINE = 45.0, 17.7, 27.3 / 6
TEXT_TOP, MARGIN_TOP = 98.46, 27.0
MARKS = ((105, 4), (148.5, 6), (210, 4))  # where to fold and to punch, and how long the line is
WINDOW = 42  # letters that fit into a line of the address
BULLET = "ListBullet"  # the style with that name, which would be looked for each time
HANGING = 6.35
MOST_TITLE = 255  # letters of what Word knows about a file


def write(letters: list[dict[str, Any]], folder: Path) -> Doc:
    """All letters, each on a page of its own."""
    doc = Document()
    doc.core_properties.title = letters[0]["subject"][:MOST_TITLE] if letters else ""
    doc.core_properties.author = letters[0]["head"]["name"][:MOST_TITLE] if letters else ""
    style = doc.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    style.paragraph_format.space_after = Pt(6)
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(MARGIN_TOP), Mm(34)
    section.footer_distance = Mm(9)
    if letters:
        _foot(section.footer, letters[0]["head"])
    logos: dict[str, Any] = {}
    for number, letter in enumerate(letters):
        _letter(doc, letter, folder, logos, first=number == 0)
    doc.element.body.append(doc.element.body.sectPr)  # the paper's measures come last
    return doc


def _paragraph(doc: Doc, text: str = "") -> Paragraph:
    """A paragraph at the end. `Document.add_paragraph` looks through all others for that, which
    takes a thousand letters minutes."""
    element = OxmlElement("w:p")
    doc.element.body.append(element)
    paragraph = Paragraph(element, doc._body)
    if text:
        paragraph.add_run(text)
    return paragraph


def _letter(
    doc: Doc, letter: dict[str, Any], folder: Path, logos: dict[str, Any], *, first: bool
) -> None:
    start = _paragraph(doc)
    if not first:
        start.add_run().add_break(WD_BREAK.PAGE)
    _paper(doc, letter, folder, logos)
    space = _paragraph(doc)
    form = space.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing, form.space_after = Mm(TEXT_TOP - MARGIN_TOP - 6), Pt(0)
    subject = _paragraph(doc)
    subject.add_run(letter["subject"]).bold = True
    subject.paragraph_format.space_after = Mm(8.5)
    for block in letter["blocks"]:
        _block(doc, block)
    greeting = _paragraph(doc, letter["greeting"])
    greeting.paragraph_format.space_before, greeting.paragraph_format.space_after = Pt(8), Mm(13)
    greeting.paragraph_format.keep_with_next = True
    sender = _paragraph(doc, letter["sender"])
    sender.add_run().add_break()
    sender.add_run(letter["company"]).font.color.rgb = GREY


def _paper(doc: Doc, letter: dict[str, Any], folder: Path, logos: dict[str, Any]) -> None:
    """What is tied to the page: name, logo, marks, sender's line, address, information."""
    head = letter["head"]
    name = _framed(doc, 25, 14, 105)
    run = name.add_run(head["name"])
    run.bold, run.font.size = True, Pt(15)
    if head["addition"]:
        name.add_run().add_break()
        name.add_run(head["addition"]).font.size = Pt(9)
    if head["logo_kind"]:
        logo = _framed(doc, 140, 10, 50)
        logo.alignment = WD_PARAGRAPH_ALIGNMENT.RIGHT
        _draw(logo, folder / f"logo.{head['logo_kind']}", logos)
    for top, width in MARKS:
        _mark(doc, top, width)
    back = _framed(doc, 25, ADDRESS_TOP + REMARKS - 5, 80).add_run(letter["return_line"])
    back.font.size, back.font.color.rgb = Pt(7), GREY
    for index, said in enumerate(letter["address"]):
        line = _framed(doc, 25, ADDRESS_TOP + REMARKS + index * LINE, 80, LINE)
        line.add_run(said).font.size = Pt(min(10, 10 * WINDOW // max(1, len(said))))
    for index, (label, value) in enumerate(letter["information"]):
        row = _framed(doc, 125, 50 + index * 5, 75, 5)
        row.paragraph_format.tab_stops.add_tab_stop(Mm(27))
        told = row.add_run(f"{label}\t")
        told.font.size, told.font.color.rgb = Pt(9), GREY
        row.add_run(value).font.size = Pt(9)


def _draw(paragraph: Paragraph, path: Path, drawn: dict[str, Any]) -> None:
    """A picture; once it is in the file, the others are copies: a new one looks for its number
    through the whole file."""
    run = paragraph.add_run()
    known = drawn.get(path.name)
    if known is None:
        run.add_picture(str(path), height=Mm(22))
        drawn[path.name] = run._r[-1]
    else:
        run._r.append(deepcopy(known))


def _framed(
    doc: Doc, left: float, top: float, width: float, height: float | None = None
) -> Paragraph:
    """A paragraph at a place of the page, in millimetres."""
    paragraph = _paragraph(doc)
    paragraph.paragraph_format.space_after = Pt(0)
    frame = OxmlElement("w:framePr")
    values: dict[str, object] = {
        "w": round(width * TWIPS), "hSpace": 0, "wrap": "around", "vAnchor": "page",
        "hAnchor": "page", "x": round(left * TWIPS), "y": round(top * TWIPS),
    }  # fmt: skip
    if height is not None:
        values |= {"h": round(height * TWIPS), "hRule": "exact"}
    for key, value in values.items():
        frame.set(qn(f"w:{key}"), str(value))
    paragraph._p.get_or_add_pPr().insert(0, frame)
    return paragraph


def _mark(doc: Doc, top: float, width: float) -> None:
    """A line at the edge of the paper: the upper border of a frame, which is where it says, while a
    dash would be as high as its font has it."""
    paragraph = _framed(doc, 4, top, width, 1)
    paragraph.paragraph_format.line_spacing = Pt(2)
    paragraph._p.get_or_add_pPr().insert(1, _above("w:pBdr"))


def _above(name: str) -> Any:
    """Borders of which there is only the upper one."""
    borders, line = OxmlElement(name), OxmlElement("w:top")
    for key, value in {"val": "single", "sz": 4, "space": 0, "color": "909090"}.items():
        line.set(qn(f"w:{key}"), str(value))
    borders.append(line)
    return borders


def _block(doc: Doc, block: dict[str, Any]) -> None:
    if block["kind"] == "text":
        _runs(_paragraph(doc), block["runs"])
        return
    if block["kind"] == "list":
        for item in block["items"]:
            paragraph = _paragraph(doc)
            paragraph._p.style = BULLET
            _runs(paragraph, item)
        return
    # Numbers of our own: Word's would go on from list to list, and from letter to letter.
    for number, item in enumerate(block["items"], 1):
        paragraph = _paragraph(doc, f"{number}.\t")
        form = paragraph.paragraph_format
        form.left_indent, form.first_line_indent = Mm(HANGING), Mm(-HANGING)
        form.tab_stops.add_tab_stop(Mm(HANGING))
        _runs(paragraph, item)


def _runs(paragraph: Paragraph, runs: list[dict[str, Any]]) -> None:
    for one in runs:
        for number, line in enumerate(one["text"].split("\n")):
            run = paragraph.add_run()
            if number:
                run.add_break()
            run.add_text(line)
            run.bold, run.italic = one["bold"] or None, one["italic"] or None


def _foot(footer: Any, head: dict[str, Any]) -> None:
    columns = head["columns"]
    if not columns:
        return
    table = footer.add_table(1, len(columns), Mm(165))
    for cell, said in zip(table.rows[0].cells, columns, strict=True):
        cell._tc.get_or_add_tcPr().append(_above("w:tcBorders"))
        paragraph = cell.paragraphs[0]
        form = paragraph.paragraph_format
        form.space_before, form.space_after = Pt(3), Pt(0)
        for number, text in enumerate(said):
            run = paragraph.add_run()
            if number:
                run.add_break()
            run.add_text(text)
            run.font.size, run.font.color.rgb = Pt(7), GREY


def main() -> None:
    """One question in, one answer out."""
    asked = json.load(sys.stdin)
    folder = Path(asked["folder"])
    data = json.loads((folder / "data.json").read_text("utf-8"))
    write(data["letters"], folder).save(asked["target"])
    json.dump({"bytes": Path(asked["target"]).stat().st_size}, sys.stdout)


if __name__ == "__main__":
    main()
