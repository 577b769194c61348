"""Records from a small CSV file: read, map, check every row, then create through the same door.

Large files come in with `kundenkreis import`; this is for a list from a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.conditions import caseless
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import write
from kundenkreis.records.exchange.writers import BOM, unsafe
from kundenkreis.records.fields import info, names, unique_beside
from kundenkreis.records.forms import RecordForm, form_names

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MAX_BYTES = 1_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 100
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as text cells, and how it was understood; `lines` says where each row begins."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    encoding: str
    separator: str


@dataclass(slots=True)
class Result:
    """What happened to each row; `errors` are (line in the file, what is wrong).

    `batch` is what all of it can be taken back by.
    """

    good: int = 0
    batch: str = field(default="", compare=False)
    errors: list[tuple[int, str]] = field(default_factory=list)


def decoded(content: bytes) -> tuple[str, str]:
    """The file's text and its encoding. Raises `DomainError` for what is no text."""
    if len(content) > MAX_BYTES:
        raise DomainError(
            _("The file is too large."),
            _("This page takes files up to 1 MB."),
            _("Split it into smaller files."),
            field="file",
        )
    if b"\0" in content:
        raise _unreadable()
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "Windows-1252"


def sheet(text: str, encoding: str = "UTF-8") -> Sheet:
    """The text as a table. Raises `DomainError` when there is none, or too much."""
    text = text.removeprefix(BOM)
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    rows, lines, line = [], [], 1
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator)
        for row in reader:
            if any(row):
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1  # cells may have several lines
    except csv.Error as error:
        raise _unreadable() from error
    if len(rows) < 2 or len(rows[0]) > MAX_COLUMNS:
        raise _unreadable()
    if len(rows) - 1 > MAX_ROWS:
        raise DomainError(
            _("The file has too many rows."),
            _("This page takes up to %(n)s rows.") % {"n": MAX_ROWS},
            _("Import it with the command “kundenkreis import”, or split it."),
            field="file",
        )
    return Sheet([name.strip() for name in rows[0]], rows[1:], lines[1:], encoding, separator)


def _unreadable() -> DomainError:
    return DomainError(
        _("This is not a table we can read."),
        _("A CSV file has a first line with the names of the columns, and at least one more."),
        _("Save the sheet as “CSV UTF-8” and choose that file."),
        field="file",
    )


def targets(kind: RecordType, viewer: Viewer) -> list[tuple[str, str]]:
    """The fields a column may go to, with their labels."""
    form = RecordForm(kind, viewer, form_names(kind, viewer))
    return [(name, str(one.label)) for name, one in form.fields.items()]


def guessed(kind: RecordType, viewer: Viewer, header: list[str]) -> list[str]:
    """For each column the field of that name or label, "" where there is none."""
    known: dict[str, str] = {}
    for name, label in targets(kind, viewer):
        known.setdefault(caseless(label), name)
        known.setdefault(caseless(name), name)
        known.setdefault(caseless(name.removesuffix("_id").replace("_", " ")), name)
    found = [known.get(caseless(title), "") for title in header]
    return [name if name and found.index(name) == at else "" for at, name in enumerate(found)]


def check(kind: RecordType, viewer: Viewer, table: Sheet, mapping: list[str]) -> Result:
    """What would happen: every row is created and taken back, so that no rule is left out."""
    return _every_row(kind, viewer, table, mapping, keep=False)


def run(kind: RecordType, viewer: Viewer, table: Sheet, mapping: list[str]) -> Result:
    """Create a record of every good row; bad rows are reported and do no harm."""
    return _every_row(kind, viewer, table, mapping, keep=True)


class _TakenBack(Exception):
    """Ends a transaction whose rows were only tried."""


def _every_row(
    kind: RecordType, viewer: Viewer, table: Sheet, mapping: list[str], *, keep: bool
) -> Result:
    viewer.require(kind.right("import"))
    actor, seen = viewer.through("import"), set[tuple[str, ...]]()
    result = Result(batch=new_batch())
    for chunk in _chunks(_forms(kind, viewer, table, mapping)):
        with suppress(_TakenBack), store.group(kind.side, f"import_{kind.slug}", result.batch):
            for line, form in chunk:
                problem = (
                    _problem(form) or _repeated(kind, form, seen) or _created(kind, actor, form)
                )
                if problem:
                    result.errors.append((line, problem))
                else:
                    result.good += 1
            if not keep:
                raise _TakenBack
    return result


def _created(kind: RecordType, actor: Viewer, form: RecordForm) -> str:
    try:
        with store.group(kind.side):  # a savepoint: a bad row leaves its neighbours alone
            write.create(kind, actor, form.cleaned_data)
    except DomainError as error:
        return str(error)
    return ""


def _forms(
    kind: RecordType, viewer: Viewer, table: Sheet, mapping: list[str]
) -> Iterator[tuple[int, RecordForm]]:
    names = form_names(kind, viewer)
    used = [(at, name) for at, name in enumerate(mapping) if name in names]
    defaults = _defaults(kind, names)
    for line, row in zip(table.lines, table.rows, strict=True):
        cells = {name: unsafe(row[at].strip()) for at, name in used if at < len(row)}
        data = {**defaults, **{name: _choice(kind, name, text) for name, text in cells.items()}}
        yield line, RecordForm(kind, viewer, names, data)


def _choice(kind: RecordType, name: str, text: str) -> str:
    """The stored value of a choice that a file names by its label."""
    try:
        choices = info(kind.model, name).column.flatchoices
    except LookupError:
        return text
    labels = {caseless(str(label)): str(value) for value, label in choices}
    return labels.get(caseless(text), text)


def _defaults(kind: RecordType, names: list[str]) -> Mapping[str, Any]:
    """The model's defaults for what the file does not say, e.g. the currency."""
    found = {}
    for name in names:
        try:
            column = info(kind.model, name).column
        except LookupError:
            continue
        if column.has_default() and (value := column.get_default()) not in (None, "", False):
            found[name] = value
    return found


def _problem(form: RecordForm) -> str:
    if form.is_valid():
        return ""
    parts = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        text = " ".join(str(error) for error in errors)
        parts.append(f"{label}: {text}" if label else text)
    return " · ".join(parts)


def _repeated(kind: RecordType, form: RecordForm, seen: set[tuple[str, ...]]) -> str:
    known = set(names(kind.model))
    for name, value in form.cleaned_data.items():
        beside = unique_beside(info(kind.model, name).column) if name in known else None
        if beside is None or value is None:
            continue
        key = (name, str(value), *(str(form.cleaned_data.get(other)) for other in beside))
        if key in seen:
            return _("%(field)s: an earlier row has the same value.") % {
                "field": form.fields[name].label
            }
        seen.add(key)
    return ""


def _chunks(forms: Iterator[tuple[int, RecordForm]]) -> Iterator[list[tuple[int, RecordForm]]]:
    chunk: list[tuple[int, RecordForm]] = []
    for one in forms:
        chunk.append(one)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
