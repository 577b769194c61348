"""What a row says, before it is known who else says it: one draft per person, organisation or
thing, kept in a file and found by its number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PERSON, ORGANISATION = "person", "organisation"
PRODUCT, OPPORTUNITY, ACTIVITY = "product", "opportunity", "activity"
KINDS = (ORGANISATION, PERSON, PRODUCT, OPPORTUNITY, ACTIVITY)  # in the order they are made in


@dataclass(slots=True)
class Draft:
    """One thing that one row says.

    `values` are texts by field, days as ISO 8601; `ways` are contact details; `refs` name other
    drafts by number (`organisation`) or by their id in the other system (`organisation_id`);
    `ids` are its own there. A `thin` one is only a name that somebody mentions.
    """

    kind: str
    part: int
    line: int
    number: int = -1
    values: dict[str, str] = field(default_factory=dict)
    ways: list[dict[str, str]] = field(default_factory=list)
    refs: dict[str, Any] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    changed: str = ""
    thin: bool = False

    @property
    def title(self) -> str:
        """What it is called, for people."""
        values = self.values
        if self.kind == PERSON:
            names = ("title", "first_name", "name_prefix", "last_name")
            said = " ".join(values[name] for name in names if values.get(name))
            return said or next(
                (way["value"] for way in self.ways), values.get("customer_number", "")
            )
        return values.get("name") or values.get("title") or values.get("text", "")[:80]


class Writer:
    """Puts drafts into a file, one after the other, and numbers them."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.count = 0

    def add(self, draft: Draft) -> int:
        """Keep one more; returns its number."""
        draft.number = self.count
        self._file.write(json.dumps(asdict(draft), ensure_ascii=False).encode() + b"\n")
        self.count += 1
        return draft.number

    def close(self) -> None:
        self._file.close()


class Drafts:
    """The drafts of such a file: in order, or by number; only where each begins is in memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._places: list[int] = []
        place = 0
        for line in self._file:
            self._places.append(place)
            place += len(line)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> Draft:
        self._file.seek(self._places[number])
        return Draft(**json.loads(self._file.readline()))

    def __iter__(self) -> Iterator[Draft]:
        for number in range(len(self)):
            yield self[number]

    def close(self) -> None:
        self._file.close()
