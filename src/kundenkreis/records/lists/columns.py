"""Which columns a list has, in which order, how wide: as its address says, else as declared.

`?columns=name,email:180,owner_id` names them; a number is a width in pixels. The first column
names the record: it is always there and always first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kundenkreis.records import registry
from kundenkreis.records.custom import definitions, layout
from kundenkreis.records.custom.once import once_for_viewer
from kundenkreis.records.declaration import Column
from kundenkreis.records.fields import Info, info, names
from kundenkreis.records.forms import changeable
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

PARAMETER = "columns"
MOST = 60
NARROWEST, WIDEST = 48, 800
KEPT = 2  # columns that a phone shows of those somebody has chosen

# What every record has, though a type may not declare it as a column or fact.
COMMON = frozenset(
    {"owner_id", "team_id", "tags", "next_step", "next_step_on", "created_at", "changed_at"}
)


def columns_of(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> tuple[Column, ...]:
    """The columns of a list: heads, cells, sums and exports are made of exactly these.

    What the viewer may not see, or what does not exist, is left out.
    """
    known = {column.name: column for column in offered(kind, viewer)}
    chosen: dict[str, Column] = {}
    for part in asked(parameters)[:MOST]:
        name, _colon, width = part.partition(":")
        if name in known:
            chosen.setdefault(name, replace(known[name], width=_width(width)))
    first = kind.columns[0]
    if not chosen:
        shown = [known.get(column.name) for column in kind.columns[1:] if not column.extra]
        return (first, *(column for column in shown if column is not None))
    first = chosen.pop(first.name, first)
    if chosen and not any(column.keep for column in chosen.values()):
        for name in list(chosen)[:KEPT]:
            chosen[name] = replace(chosen[name], keep=True)
    return (first, *chosen.values())


def asked(parameters: QueryDict) -> list[str]:
    """The columns an address names, each perhaps with its width; none for the declared ones.

    A form says them one by one, an address that was made of them in one text.
    """
    texts = parameters.getlist(PARAMETER)
    return [part for text in texts for part in text.split(",") if part]


def written(columns: Iterable[Column]) -> str:
    """Columns as the address names them."""
    return ",".join(
        f"{column.name}:{column.width}" if column.width else column.name for column in columns
    )


@once_for_viewer
def offered(kind: RecordType, viewer: Viewer) -> tuple[Column, ...]:
    """Every column the viewer may choose: those declared, the facts of its pages, what contexts
    above the type add, what all have, and the fields of the company's own."""
    facts = layout.facts_of(kind, viewer)
    declared = [Column(fact) if isinstance(fact, str) else fact for fact in facts]
    have = set(names(kind.model))
    further = [name for name in (*kind.exchange.fields, *COMMON) if name in have]
    further += [one.name for one in definitions.in_use(kind.model)]
    seen = [Column(name) for name in further if kind.sees(viewer, name)]
    found: dict[str, Column] = {}
    added = registry.columns(kind, viewer)
    for column in (*kind.columns_for(viewer), *declared, *added, *seen):
        found.setdefault(column.name, column)
    return tuple(found.values())


def editable(kind: RecordType, viewer: Viewer) -> list[str]:
    """The fields among them that the viewer may change, where they may change the record."""
    if not kind.may(viewer, "change"):
        return []
    return [name for name in changeable(kind, offered(kind, viewer)) if kind.sets(viewer, name)]


def info_of(kind: RecordType, column: Column) -> Info | None:
    """The field a column shows; None for one that is made by a function alone."""
    try:
        return info(kind.model, column.name)
    except LookupError:
        return None


def label_of(kind: RecordType, column: Column) -> str:
    found = info_of(kind, column)
    return str(column.label or (found.label if found else column.name))


def numeric(kind: RecordType, column: Column) -> bool:
    """Whether a column shows plain figures, which stand to the right."""
    found = info_of(kind, column)
    return found is not None and found.numeric and column.cell is None


def _width(text: str) -> int:
    width = whole(text)
    return 0 if width is None else max(NARROWEST, min(width, WIDEST))
