"""Names of staff and teams, for the plain numbers `owner_id` and `team_id`.

The engine knows nothing of users; the context that has them says how to look them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

Names = Callable[[set[int]], Mapping[int, str]]
Choices = Callable[["Viewer", str], list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Lookup:
    """How to find names by id, and what a viewer may choose from: all, or who has a right."""

    names: Names
    choices: Choices


LOOKUPS: dict[str, Lookup] = {}


def use(column: str, *, names: Names, choices: Choices) -> None:
    """Say how the ids in a column (`owner_id`, `team_id`) are looked up."""
    LOOKUPS[column] = Lookup(names, choices)


def choices(column: str, viewer: Viewer, right: str = "") -> list[tuple[int, str]]:
    """What a viewer may choose from; of members of staff, with a right only those who have it."""
    found = LOOKUPS.get(column)
    return found.choices(viewer, right) if found else []


@dataclass(slots=True)
class Directory:
    """Names for a page of records: one query per column, at first use."""

    records: Iterable[Any]
    _known: dict[str, Mapping[int, str]] = field(default_factory=dict)

    def name(self, column: str, pk: int | None) -> str:
        """The name of an owner or team; empty without one."""
        if pk is None or column not in LOOKUPS:
            return ""
        if column not in self._known:
            ids = {getattr(record, column, None) for record in self.records}
            numbers = {number for number in ids if isinstance(number, int)}
            self._known[column] = LOOKUPS[column].names(numbers | {pk})
        return self._known[column].get(pk, f"#{pk}")
