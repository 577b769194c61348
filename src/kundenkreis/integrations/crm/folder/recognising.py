"""What a file holds: told from the titles of its columns, by profiles of products and by words.

A recogniser is a value. The shipped ones are data files in `profiles`; the next one is a file more:

    {"name": "Product", "files": [{"what": "persons", "needs": [titles], "columns": {title: target}}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kundenkreis.crm.people.duplicates.fields import plain
from kundenkreis.integrations.crm.folder.targets import PLAIN
from kundenkreis.kernel.folding import caseless

PROFILES = Path(__file__).parent / "profiles"
HEAD_WITHIN = 10  # rows: letters and titles stand above the names of the columns of many lists
LIST = "list"  # recognised by its words, not as a certain product's


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Files of one shape: what they hold, the titles they all `need`, and which column is what.

    `system` names the product, by whose ids its files refer to each other; they are `typed` where a
    company and a person may have the same one. `only` names rows that count; see `cleaning`.
    """

    system: str
    what: str
    needs: frozenset[str]
    columns: Mapping[str, str]
    typed: bool = False
    only: str = ""

    def hits(self, titles: Sequence[str]) -> int:
        """How many of the titles it knows; 0 where one that it needs is missing."""
        held = set(titles)
        return len(held & self.columns.keys()) or 1 if self.needs <= held else 0


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was made of a file: `columns` has a target for each column, "" for none; `head` is how
    many rows stand above the names of the columns."""

    what: str
    system: str
    columns: list[str]
    header: list[str]
    head: int = 0
    typed: bool = False
    only: str = ""


@cache
def recognisers() -> tuple[Recogniser, ...]:
    """All shipped ones."""
    found = []
    for path in sorted(PROFILES.glob("*.json")):
        said = json.loads(path.read_text("utf-8"))
        found += [
            Recogniser(
                said["name"], file["what"], frozenset(map(caseless, file["needs"])),
                {caseless(title): target for title, target in file["columns"].items()},
                said.get("typed", False), file.get("only", ""),
            )
            for file in said.get("files", ())
        ]  # fmt: skip
    return tuple(found)


@cache
def words() -> Mapping[str, str]:
    """What columns of a list are called, in their plainest form, and what they hold."""
    said = json.loads((PROFILES / "words.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for target, titles in said.items():
        for title in titles.split():
            found.setdefault(plain(title), target)
    return found


def recognise(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Recognised | None:
    """What a file holds, by its first line or the best of the next ones; None when nobody knows."""
    best, most = None, 0
    for head, titles in enumerate([header, *rows][: HEAD_WITHIN + 1]):
        found, hits = _by_titles([title.strip() for title in titles], head)
        if found is not None and hits > most:
            best, most = found, hits
    return best


def _by_titles(titles: list[str], head: int) -> tuple[Recognised | None, int]:
    folded = [caseless(title) for title in titles]
    fitting = max(recognisers(), key=lambda one: one.hits(folded))
    if hits := fitting.hits(folded):
        columns = [fitting.columns.get(title, "") for title in folded]
        rest = Recognised(
            fitting.what, fitting.system, columns, titles, head, fitting.typed, fitting.only
        )
        return rest, hits + len(fitting.needs)
    columns = by_words(titles)
    held = {target for target in columns if target}
    if not held & PLAIN or len(held) < 2:
        return None, 0
    what = _kind_of(held)
    if what == "organisations" and "company" not in held:
        columns = _named(titles, columns)
    return Recognised(what, LIST, columns, titles, head), len(held)


def _named(titles: list[str], columns: list[str]) -> list[str]:
    """The first name in a list of organisations is theirs; who is there comes behind."""
    names = [at for at, target in enumerate(columns) if target == "full_name"]
    at = next((one for one in names if plain(titles[one]) == "name"), names[0] if names else None)
    return ["company" if one == at else target for one, target in enumerate(columns)]


def by_words(titles: Sequence[str]) -> list[str]:
    """A target for each column of a list, told by its words alone."""
    known = words()
    found = []
    for title in titles:
        name = plain(title)
        found.append(known.get(name) or known.get(name.rstrip("0123456789"), ""))
    if "company" in found and "full_name" in found and {"first_name", "last_name"} & set(found):
        return found
    if "full_name" in found and "last_name" not in found and "first_name" in found:
        # „Name; Vorname“: the first is the last name.
        found[found.index("full_name")] = "last_name"
    return found


def _kind_of(held: set[str]) -> str:
    """Whom a list is of: persons where it has what only persons have."""
    personal = {"first_name", "last_name", "birth_date"}
    if held & personal:
        return "persons"
    firm = {"company", "vat_id", "register_number", "industry", "employees"}
    return "organisations" if held & firm or "full_name" not in held else "persons"
