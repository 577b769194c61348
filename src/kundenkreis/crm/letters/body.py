"""What people type into a letter: paragraphs, lists, **bold**, *italic*; and its placeholders.

Nothing in it is a program: a placeholder is a name of a list, everything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError

Run = dict[str, Any]
Block = dict[str, Any]

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]{0,60}?)\s*\}\}")
_MARK = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|\*(?=\S)([^*\n]+?)(?<=\S)\*")
_BULLET = re.compile(r"\s{0,3}[-•]\s+(.*)")
_NUMBER = re.compile(r"\s{0,3}\d{1,3}[.)]\s+(.*)")


def require_known(text: str, known: Collection[str], field: str) -> None:
    """Raise `DomainError` for a placeholder that there is not."""
    for found in _PLACEHOLDER.finditer(text):
        if found[1] not in known:
            raise DomainError(
                _("There is no placeholder “%(name)s”.") % {"name": found[1]},
                _("In letters one may use: %(names)s.") % {"names": ", ".join(sorted(known))},
                _("Correct its name, or take the braces away."),
                field=field,
            )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what its placeholders stand for; one that is not known stays as it is."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def used(text: str) -> set[str]:
    """The names of the placeholders in a text."""
    return {found[1] for found in _PLACEHOLDER.finditer(text)}


def blocks(text: str) -> list[Block]:
    """Paragraphs and lists: `{"kind": "text", "runs": […]}`, `{"kind": "list", "items": [[…]]}`."""
    found: list[Block] = []
    for part in re.split(r"\n(?:[ \t]*\n)+", normalize_newlines(text).strip("\n")):
        if part.strip():
            found += _of_lines(part.split("\n"))
    return found


def _of_lines(lines: list[str]) -> Iterator[Block]:
    kind, kept = "", list[str]()
    for line in lines:
        bullet, number = _BULLET.fullmatch(line), _NUMBER.fullmatch(line)
        now = "list" if bullet else "numbers" if number else "text"
        if now != kind and kept:
            yield _block(kind, kept)
            kept = []
        found = bullet or number
        kind = now
        kept.append(found[1] if found else line.rstrip())
    if kept:
        yield _block(kind, kept)


def _block(kind: str, lines: list[str]) -> Block:
    if kind == "text":
        return {"kind": "text", "runs": list(_runs("\n".join(lines)))}
    return {"kind": kind, "items": [list(_runs(line)) for line in lines]}


def _runs(text: str) -> Iterator[Run]:
    at = 0
    for found in _MARK.finditer(text):
        if found.start() > at:
            yield _run(text[at : found.start()])
        yield _run(found[1] or found[2], bold=bool(found[1]), italic=not found[1])
        at = found.end()
    if at < len(text):
        yield _run(text[at:])


def _run(text: str, *, bold: bool = False, italic: bool = False) -> Run:
    clean = "".join(one for one in text if one >= " " or one in "\n\t")
    return {"text": clean, "bold": bold, "italic": italic}
