"""The facts of a record page, as its templates show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import clock
from kundenkreis.records import cells
from kundenkreis.records.custom import layout
from kundenkreis.records.declaration import name_of
from kundenkreis.records.directory import Directory
from kundenkreis.records.fields import info
from kundenkreis.records.lists.columns import editable
from kundenkreis.records.past.history import Origins, origins_of

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType

FEW_EMPTY = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: `value` is rendered, `edit_url` is empty where nothing can be changed.

    `origin` says who entered it, when and by what; an `old` one nobody has touched for a year.
    """

    label: str
    value: object
    edit_url: str = ""
    origin: str = ""
    old: bool = False


def sections(kind: RecordType, viewer: Viewer, record: Any) -> list[dict[str, Any]]:
    """The declared groups with their facts; empty ones that nobody can fill are left out, and those
    that could be filled stand together behind one line where there are many."""
    directory = Directory([record])
    origins, now = origins_of(kind, record), clock.now()
    editable = editable_names(kind, viewer, record)
    found = []
    for section, known in layout.facts_for(kind, viewer):
        facts = [_fact(kind, record, one, directory, editable, origins, now) for one in known]
        facts = [fact for fact in facts if fact.edit_url or str(fact.value)]
        if facts:
            shown, empty = _divided(facts)
            found.append({"title": section.title, "facts": shown, "empty": empty})
    return found


def _divided(facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """What is known, and what could be filled in: few of it stay in their places."""
    empty = [fact for fact in facts if not str(fact.value)]
    if len(empty) <= FEW_EMPTY or len(empty) == len(facts):
        return facts, []
    return [fact for fact in facts if str(fact.value)], empty


def editable_names(kind: RecordType, viewer: Viewer, record: Any) -> set[str]:
    """The facts, and the columns of lists, that this viewer may change in place."""
    if not kind.reaches(viewer, "change", record):
        return set()
    return {name for name in editable(kind, viewer) if not info(kind.model, name).hidden(record)}


def shown(kind: RecordType, record: Any, fact: str | Column, directory: Directory) -> object:
    """The rendered value of a fact."""
    if not isinstance(fact, str) and fact.cell is not None:
        return fact.cell(record)
    name = fact if isinstance(fact, str) else fact.name
    return cells.shown(info(kind.model, name), record, directory)


def declared(kind: RecordType, viewer: Viewer, name: str) -> str | Column:
    """The fact of that name as it was declared."""
    return next(fact for fact in layout.facts_of(kind, viewer) if name == name_of(fact))


def label_of(kind: RecordType, fact: str | Column) -> str:
    if not isinstance(fact, str):
        if fact.label:
            return str(fact.label)
        fact = fact.name
    return str(info(kind.model, fact).label)


def _fact(
    kind: RecordType,
    record: Any,
    fact: str | Column,
    directory: Directory,
    editable: set[str],
    origins: Origins,
    now: datetime,
) -> Fact:
    name = fact if isinstance(fact, str) else fact.name
    value = shown(kind, record, fact, directory)
    known = bool(str(value))
    return Fact(
        label=label_of(kind, fact),
        value=value,
        edit_url=kind.url(record.pk, "edit", name) if name in editable else "",
        origin=origins.told(name) if known else "",
        old=known and origins.is_old(name, now),
    )
