"""What people type into a letter: paragraphs, lists, **bold**, *italic*; and its placeholders.

Nothing in it is a program: a placeholder is a name of a list, everything else is text. What it
stands for comes in last, so that no name or date is taken for a list or a mark.
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

# Neither goes over a place twice: what somebody types decides how long it takes.
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_MARK = re.compile(r"\*\*(?=\S)((?:(?!\*\*).)+)(?<=\S)\*\*|\*(?=\S)([^*\n]+)(?<=\S)\*")
_BULLET = re.compile(r"\s{0,3}[-•]\s+(.*)")
_NUMBER = re.compile(r"\s{0,3}(\d{1,3})[.)]\s+(.*)")


def require_known(text: str, known: Collection[str], field: str) -> None:
    """Raise `DomainError` for a placeholder that there is not."""
    for name in sorted(used(text)):
        if name not in known:
            raise DomainError(
                _("There is no placeholder “%(name)s”.") % {"name": name[:60]},
                _("In letters one may use: %(names)s.") % {"names": ", ".join(sorted(known))},
                _("Correct its name, or take the braces away."),
                field=field,
            )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what its placeholders stand for; one that is not known stays as it is."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def used(text: str) -> set[str]:
    """The names of the placeholders in a text."""
    return {found[1].strip() for found in _PLACEHOLDER.finditer(text)}


def blocks(text: str, values: Mapping[str, str] | None = None) -> list[Block]:
    """Paragraphs and lists with what their placeholders stand for: `{"kind": "text", "runs": […]}`,
    `{"kind": "list", "items": [[…]]}`, `"numbers"` for a list that counts from 1."""
    found: list[Block] = []
    for part in re.split(r"\n(?:[ \t]*\n)+", normalize_newlines(text).strip("\n")):
        if part.strip():
            found += _of_lines(part.split("\n"), values or {})
    return found


def _of_lines(lines: list[str], values: Mapping[str, str]) -> Iterator[Block]:
    kind, kept = "", list[str]()
    for line in lines:
        now, said = _kind_of(line, len(kept) + 1 if kind == "numbers" else 1)
        if now != kind and kept:
            yield _block(kind, kept, values)
            kept = []
        kind = now
        kept.append(said)
    if kept:
        yield _block(kind, kept, values)


def _kind_of(line: str, next_number: int) -> tuple[str, str]:
    """What a line is, and what it says. Only the number whose turn it is counts: a day such as
    “28. November” stays as it is."""
    if found := _BULLET.fullmatch(line):
        return "list", found[1]
    found = _NUMBER.fullmatch(line)
    if found and int(found[1]) == next_number:
        return "numbers", found[2]
    return "text", line.rstrip()


def _block(kind: str, lines: list[str], values: Mapping[str, str]) -> Block:
    if kind == "text":
        return {"kind": "text", "runs": list(_runs("\n".join(lines), values))}
    return {"kind": kind, "items": [list(_runs(line, values)) for line in lines]}


def _runs(text: str, values: Mapping[str, str]) -> Iterator[Run]:
    at = 0
    for found in _MARK.finditer(text):
        if found.start() > at:
            yield _run(filled(text[at : found.start()], values))
        said = filled(found[1] or found[2], values)
        yield _run(said, bold=bool(found[1]), italic=not found[1])
        at = found.end()
    if at < len(text):
        yield _run(filled(text[at:], values))


def _run(text: str, *, bold: bool = False, italic: bool = False) -> Run:
    return {"text": text, "bold": bold, "italic": italic}
