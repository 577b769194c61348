"""The short-lived process that reads a file from outside: whatever is in it, only this one suffers.

It knows neither Django nor a database, has limited memory, time and output, and turns CSV and Excel
alike into one plain form: a line of JSON per row, `[line in the file, [cells]]`. Cells of CSV are
texts; those of Excel may be numbers, booleans, or `{"d": "2026-03-01"}` for days and instants.

    echo '{"source": "…", "target": "…", …}' | python -I child.py
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, TextIO

INDEXED = 1_000  # every so many rows the place in the output is noted
SAMPLE = 200_000  # bytes or letters that decide how a file is understood
SEPARATORS = ";,\t|"
# Umlauts and quotes as the old encodings of Apple, DOS and Windows write them; umlauts of DOS are
# quotes of Windows, behind which no word begins small.
_MAC = re.compile(rb"[\x80\x85\x86\x8a\x9a\x9f\xa7\x8e\x8f]")
_DOS = re.compile(rb"[\x81\x84\x94](?=[a-z])")
_WINDOWS = re.compile(rb"[\xc4\xd6\xdc\xe4\xf6\xfc\xdf\xe9\xe8\x80]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Refused(Exception):
    """The file cannot be read; `code` says why, for the parent to put into words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def limit(memory: int, seconds: int, output: int) -> None:
    """Bound what this process may take of the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(asked: dict[str, Any]) -> dict[str, Any]:
    """Read one file into its plain form; returns how it was understood."""
    source = Path(asked["source"])
    with source.open("rb") as file:
        start = file.read(8)
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06") or start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        found, rows = _workbook(source, asked)
    else:
        found, rows = _text_table(source, asked)
    return found | _write(rows, Path(asked["target"]), asked)


def _write(
    rows: Iterable[tuple[int, list[Any]]], target: Path, asked: dict[str, Any]
) -> dict[str, Any]:
    header: list[str] = []
    places, count, widest = [], 0, 0
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for line, cells in rows:
            while cells and cells[-1] in ("", None):
                cells.pop()
            if not cells:
                continue
            if len(cells) > asked["columns"]:
                raise Refused("columns", n=len(cells), most=asked["columns"])
            if not header:
                header = ["" if cell is None else str(cell).strip() for cell in cells]
                continue
            if count % INDEXED == 0:
                places.append(file.tell())
            file.write(json.dumps([line, cells], ensure_ascii=False, separators=(",", ":")) + "\n")
            count, widest = count + 1, max(widest, len(cells))
    if not header or not count:
        raise Refused("empty")
    header += [""] * (widest - len(header))
    return {"header": header, "rows": count, "places": places}


# CSV


def _text_table(
    source: Path, asked: dict[str, Any]
) -> tuple[dict[str, Any], Iterator[tuple[int, list[Any]]]]:
    with source.open("rb") as raw:
        encoding = asked.get("encoding") or encoding_of(raw)
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE)
    named = re.match(r"\ufeff?sep=(.)\r?\n", sample)
    separator = asked.get("separator") or (named[1] if named else separator_of(sample))
    found = {"format": "csv", "encoding": encoding, "separator": separator}
    return found, _csv_rows(source, encoding, separator, asked["cell"], skip=1 if named else 0)


def encoding_of(file: BinaryIO) -> str:
    """What the bytes say: a mark at the beginning, valid UTF-8, or which old umlauts there are."""
    start = file.read(SAMPLE)
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    if (wide := _wide(start)) is not None:
        return wide
    if b"\0" in start:
        raise Refused("binary")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        chunk = start
        while chunk:
            decoder.decode(chunk)
            if b"\0" in chunk:
                raise Refused("binary")
            chunk = file.read(1 << 20)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        old = start + chunk
        signs = {"cp1252": _WINDOWS, "mac-roman": _MAC, "cp850": _DOS}
        return max(signs, key=lambda name: len(signs[name].findall(old)))
    return "utf-8"


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ordinary text is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half and odd > half * 0.6 > even * 4:
        return "utf-16-le"
    if half and even > half * 0.6 > odd * 4:
        return "utf-16-be"
    return None


def separator_of(sample: str) -> str:
    """The one that cuts the first lines into the same number of cells, and into most."""
    lines = sample.splitlines()[:30]

    def score(separator: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            return (0, lines[0].count(separator))
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows) if width > 1 else 0, width)

    return max(SEPARATORS, key=score)


def _csv_rows(
    source: Path, encoding: str, separator: str, longest: int, skip: int
) -> Iterator[tuple[int, list[Any]]]:
    csv.field_size_limit(longest)
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        for _ in range(skip):
            file.readline()
        lines = _Lines(file, longest)
        reader = csv.reader(lines, delimiter=separator)
        line = 1 + skip
        try:
            for row in reader:
                lines.taken = []
                if any(row):
                    if "\0" in "".join(row):
                        raise Refused("binary")
                    yield line, list(row)
                line = reader.line_num + 1 + skip
        except csv.Error as error:
            raise Refused("cell", line=line, most=longest) from error
        if lines.last and _open_quote(lines.last, separator):
            raise Refused("quote", line=lines.last_line + skip)


class _Lines:
    """The lines of a text, none of which may be endless; keeps those of the row being read."""

    def __init__(self, file: TextIO, longest: int) -> None:
        self._file, self._longest = file, longest * 20
        self._number = 0
        self._taken: list[str] = []
        self.last: list[str] = []
        self.last_line = 1

    @property
    def taken(self) -> list[str]:
        return self._taken

    @taken.setter
    def taken(self, lines: list[str]) -> None:
        self.last, self.last_line = self._taken, self._number - len(self._taken) + 1
        self._taken = lines

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(self._longest):
            self._number += 1
            if len(line) >= self._longest:
                raise Refused("cell", line=self._number, most=self._longest)
            self._taken.append(line)
            yield line


def _open_quote(lines: list[str], separator: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


# Excel


def _workbook(
    source: Path, asked: dict[str, Any]
) -> tuple[dict[str, Any], Iterator[tuple[int, list[Any]]]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    if zipfile.is_zipfile(source):
        _refuse_bombs(source, asked)
    try:
        book = CalamineWorkbook.from_path(str(source))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible is SheetVisibleEnum.Visible
        ]
        mark = ""
        if asked["mark"] in book.sheet_names:
            first = book.get_sheet_by_name(asked["mark"]).to_python(nrows=1)
            mark = str(first[0][0]) if first and first[0] else ""
        name = asked.get("sheet")
        chosen = name if name in visible else next(iter(visible), "")
        if not chosen:
            raise Refused("empty")
        sheet = book.get_sheet_by_name(chosen)
    except PasswordError as error:
        raise Refused("password") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refused("broken", why=str(error)[:200]) from error
    found = {"format": "xlsx", "sheet": chosen, "sheets": visible, "mark": mark}
    offset = sheet.start[0] if sheet.start else 0
    rows = (
        (n, [_plain(cell) for cell in row]) for n, row in enumerate(sheet.iter_rows(), 1 + offset)
    )
    return found, rows


def _refuse_bombs(source: Path, asked: dict[str, Any]) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused("broken", why=str(error)[:200]) from error
    size = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if not any(
        part.filename == "[Content_Types].xml" or part.filename == "mimetype" for part in parts
    ):
        raise Refused("archive")
    if len(parts) > asked["parts"] or size > asked["unpacked"]:
        raise Refused("bomb")
    if size > asked["harmless"] and size > packed * asked["ratio"]:
        raise Refused("bomb")


def _plain(cell: Any) -> Any:
    match cell:
        case bool() | int() | str():
            return cell
        case float():
            return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
        case datetime() if cell.time() == time():
            return {"d": cell.date().isoformat()}
        case datetime() | date():
            return {"d": cell.isoformat()}
        case time() | timedelta():
            return str(cell)
    return ""


def main() -> int:
    """Read what standard input asks for; the answer is JSON."""
    asked = json.load(sys.stdin)
    limit(asked["memory"], asked["seconds"], asked["output"])
    try:
        answer = read(asked)
    except Refused as refused:
        answer = {"refused": refused.code, **refused.facts}
    except (MemoryError, OSError) as error:
        answer = {"refused": "large", "why": type(error).__name__}
    except UnicodeError:
        answer = {"refused": "binary"}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
