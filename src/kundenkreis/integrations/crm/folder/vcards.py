"""vCards 2.1, 3.0 and 4.0 as programs really write them, as rows of a table.

Nothing in a card makes the others unreadable: folded lines of every kind, quoted-printable, old
encodings, groups, pictures and keys are understood or passed over. Knows no Django: `child` uses it.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

COLUMNS = (
    "N.prefix", "N.given", "N.additional", "N.family", "N.suffix", "FN", "ORG", "ORG.unit", "TITLE",
    "ROLE", "BDAY", "LANG", "EMAIL", "EMAIL 2", "EMAIL 3", "TEL", "TEL 2", "TEL 3", "TEL.home",
    "TEL.fax", "ADR.work.street", "ADR.work.code", "ADR.work.town", "ADR.work.country",
    "ADR.home.street", "ADR.home.code", "ADR.home.town", "ADR.home.country", "URL", "NOTE", "REV",
    "KIND", "CATEGORIES",
)  # fmt: skip
LONGEST = 20_000  # letters of a value; what is longer is a picture or a key
MOST_FOLDED = 2 * LONGEST  # bytes of a folded value that are kept; a picture has a million
MOST_LINES = 5_000  # of one card
_BEGIN = re.compile(r"^\s*BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE)
_END = re.compile(r"^\s*END\s*:\s*VCARD\s*$", re.IGNORECASE)
_NAME = re.compile(r"^(?:[A-Za-z0-9-]+\.)?(?P<name>[A-Za-z0-9-]+)(?=[;:])")
_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a card: its name, its parameters in small letters, its value with its escapes."""

    name: str
    types: frozenset[str]
    value: str

    @property
    def text(self) -> str:
        return unescaped(self.value)

    @property
    def parts(self) -> list[str]:
        """The components of a structured value."""
        return [unescaped(one).strip() for one in split(self.value, ";")]


def looks_like(start: bytes) -> bool:
    """Whether a file begins as a vCard does."""
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ")
    return text[:15].upper().replace(b" ", b"").startswith(b"BEGIN:VCARD")


def rows(lines: Iterator[bytes]) -> Iterator[tuple[int, list[str]]]:
    """A row per card, with the line it begins in."""
    for line, card in cards(lines):
        cells = row(list(properties(card)))
        if any(cells):
            yield line, cells


def cards(lines: Iterator[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """The lines of each card; a card without an end goes as far as the next one or the file."""
    begun = size = 0
    card: list[bytes] = []
    for number, line in enumerate(lines, 1):
        text = line.strip(b"\xef\xbb\xbf\r\n\t ").decode("latin-1")
        if _BEGIN.match(text):
            if begun:
                yield begun, card
            begun, card = number, []
        elif _END.match(text):
            if begun:
                yield begun, card
            begun = 0
        elif begun:
            size = size + len(line) if line[:1] in (b" ", b"\t") else len(line)
            if size <= MOST_FOLDED and len(card) < MOST_LINES:
                card.append(line)
    if begun:
        yield begun, card


def properties(card: list[bytes]) -> Iterator[Property]:
    """The properties of a card, unfolded and decoded."""
    for line in _unfolded(card):
        head, colon, value = _halves(line)
        found = _NAME.match(head + ":")
        if not colon or found is None:
            continue
        name = found["name"].upper()
        words = [word.strip().strip('"').lower() for word in split(head, ";")[1:]]
        if name not in _BINARY and len(value) <= LONGEST:
            yield Property(name, _types(words), _decoded(value, words))


def _unfolded(card: list[bytes]) -> Iterator[bytes]:
    """Whole lines: a line goes on below when that one begins with white space, or, in
    quoted-printable, when it ends in "="."""
    held = b""
    for raw in card:
        line = raw.rstrip(b"\r\n")
        head = held.partition(b":")[0].upper()
        if held.endswith(b"=") and b"QUOTED-PRINTABLE" in head:
            held = held[:-1] + line
        elif held and line[:1] in (b" ", b"\t"):
            held += line[1:]
        elif held and line and not _NAME.match(line.decode("latin-1")):
            held += b"\\n" + line  # broken by hand: what cannot be a property belongs above
        elif line.strip():
            if held:
                yield held
            held = line
    if held:
        yield held


def _halves(line: bytes) -> tuple[str, str, bytes]:
    """What stands before the colon that ends the parameters, and behind it."""
    quoted = False
    for at, byte in enumerate(line):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x3A and not quoted:
            return line[:at].decode("latin-1"), ":", line[at + 1 :]
    return "", "", b""


def _types(words: list[str]) -> frozenset[str]:
    """What a property is for: TYPE=home,pref and TYPE="home,pref" of 3.0 and 4.0, HOME of 2.1."""
    found: set[str] = set()
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name == "type":
            found.update(one.strip() for one in (value if sign else name).strip('"').split(","))
        elif name == "pref":
            found.add("pref")
    return frozenset(found)


def _decoded(value: bytes, words: list[str]) -> str:
    said = dict(word.partition("=")[::2] for word in words)
    coding = said.get("encoding", "")
    if coding == "quoted-printable" or "quoted-printable" in words:
        value = quopri.decodestring(value).replace(b"\r\n", b"\n")
    elif coding in ("b", "base64") or "base64" in words:
        try:
            value = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return ""
    for name in (said.get("charset", ""), "utf-8", "cp1252", "latin-1"):
        try:
            return value.decode(name).replace("\0", "") if name else _decoded_plain(value)
        except (LookupError, ValueError):  # a card may name anything as its encoding
            continue
    return ""


def _decoded_plain(value: bytes) -> str:
    return value.decode("utf-8").replace("\0", "")


def split(text: str, sign: str) -> list[str]:
    """Cut at a sign, not where it is escaped or quoted."""
    return re.findall(
        rf'(?:\\.|"[^"]*"|[^{sign}\\])+|(?<={sign})(?={sign}|$)|^(?={sign})', text, re.DOTALL
    )


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda one: "\n" if one[1] in "nN" else one[1], text, flags=re.DOTALL)


def row(found: list[Property]) -> list[str]:
    """The cells of a card, in the order of `COLUMNS`."""
    cells = dict.fromkeys(COLUMNS, "")
    first = {one.name: one for one in reversed(found)}
    _names(cells, first)
    for name in ("TITLE", "ROLE", "REV", "KIND", "CATEGORIES", "LANG"):
        if name in first:
            cells[name] = first[name].text.strip()
    cells["BDAY"] = _day(first["BDAY"].text) if "BDAY" in first else ""
    notes = [one.text.strip() for one in found if one.name == "NOTE"]
    cells["NOTE"] = "\n".join(notes)
    urls = [one.text.strip() for one in found if one.name == "URL"]
    cells["URL"] = urls[0] if urls else ""
    mails = [one for one in found if one.name == "EMAIL"]
    mails.sort(key=lambda one: "pref" not in one.types)
    _fill(cells, ("EMAIL", "EMAIL 2", "EMAIL 3"), [one.text.strip() for one in mails])
    _phones(cells, [one for one in found if one.name == "TEL"])
    _addresses(cells, [one for one in found if one.name == "ADR"])
    return [cells[name] for name in COLUMNS]


def _names(cells: dict[str, str], first: dict[str, Property]) -> None:
    if "N" in first:
        names = [*first["N"].parts, "", "", "", "", ""]
        order = ("N.family", "N.given", "N.additional", "N.prefix", "N.suffix")
        for name, value in zip(order, names, strict=False):
            cells[name] = " ".join(part.strip() for part in value.split(",") if part.strip())
    if "FN" in first:
        cells["FN"] = first["FN"].text.strip()
    if "ORG" in first:
        parts = [*first["ORG"].parts, ""]
        cells["ORG"], cells["ORG.unit"] = parts[0], parts[1]


def _phones(cells: dict[str, str], found: list[Property]) -> None:
    told: dict[str, list[str]] = {"TEL": [], "TEL.home": [], "TEL.fax": []}
    found = sorted(found, key=lambda one: "pref" not in one.types)
    for one in found:
        number = re.sub(r"^tel:", "", one.text.strip(), flags=re.IGNORECASE).partition(";")[0]
        home = "home" in one.types and "cell" not in one.types
        kind = "TEL.fax" if "fax" in one.types else "TEL.home" if home else "TEL"
        if "pager" not in one.types:
            told[kind].append(number)
    _fill(cells, ("TEL", "TEL 2", "TEL 3"), told["TEL"])
    _fill(cells, ("TEL.home",), told["TEL.home"])
    _fill(cells, ("TEL.fax",), told["TEL.fax"])


def _addresses(cells: dict[str, str], found: list[Property]) -> None:
    for one in found:
        kind = "home" if "home" in one.types else "work"
        if cells[f"ADR.{kind}.street"] or cells[f"ADR.{kind}.town"]:
            continue
        parts = [*one.parts, "", "", "", "", "", "", ""]
        box, extra, street, town, _state, code, country = parts[:7]
        lines = [part for part in (street, extra, box) if part]
        cells[f"ADR.{kind}.street"] = ", ".join(", ".join(lines).split("\n")).strip(" ,")
        cells[f"ADR.{kind}.code"], cells[f"ADR.{kind}.town"] = code, town
        cells[f"ADR.{kind}.country"] = country


def _fill(cells: dict[str, str], names: tuple[str, ...], values: list[str]) -> None:
    for name, value in zip(names, dict.fromkeys(value for value in values if value), strict=False):
        cells[name] = value


def _day(text: str) -> str:
    """A day as ISO 8601; one without its year is none."""
    found = re.match(r"^(\d{4})-?(\d{2})-?(\d{2})", text.strip())
    return f"{found[1]}-{found[2]}-{found[3]}" if found else ""
