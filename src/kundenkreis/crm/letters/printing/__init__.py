"""Letters as PDF and as Word files, made of their contents in child processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import files
from kundenkreis.kernel.printing import Rendering
from kundenkreis.kernel.sides import Side

HERE = Path(__file__).parent
TEMPLATE, WORD = HERE / "letter.typ", HERE / "word.py"
PDF, DOCX = "pdf", "docx"
MEDIA_TYPES = {
    PDF: "application/pdf",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def begin(contents: Sequence[Mapping[str, Any]], form: str, target: Path) -> Rendering:
    """Begin to set letters in one file: "pdf" or "docx"."""
    letters = [_for_print(content) for content in contents]
    data = {"title": contents[0]["subject"] if contents else "", "letters": letters}
    logos = {
        f"logo.{head['logo_kind']}": files.path_of(Side.CRM, head["logo"])
        for head in (letter["head"] for letter in letters)
        if head["logo_kind"]
    }
    if form == PDF:
        return Rendering(TEMPLATE, data, target, files=logos)
    return Rendering(None, data, target, files=logos, program=WORD)


def made(contents: Sequence[Mapping[str, Any]], form: str) -> str:
    """Letters in one file, which is kept; its name. Raises `DomainError`."""
    with TemporaryDirectory(prefix="kundenkreis-letter-") as folder:
        target = Path(folder) / f"made.{form}"
        begin(contents, form, target).finish()
        return files.keep(Side.CRM, target)


def _for_print(content: Mapping[str, Any]) -> dict[str, Any]:
    head = dict(content["head"])
    if not (head["logo_kind"] and files.there(Side.CRM, head["logo"])):
        head["logo_kind"] = ""  # it is gone with the paper it stood on
    return {**content, "head": head, "page": _("Page")}
