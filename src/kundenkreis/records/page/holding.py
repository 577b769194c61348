"""What keeps a record from being deleted, as far as the viewer may know of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundenkreis.kernel.record import holders
from kundenkreis.records import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

SHOWN = 5  # records of one type


@dataclass(frozen=True, slots=True)
class Holding:
    """The records of one type: some by name and address, and how many there are beside them.

    `unseen` are those that the viewer may not know; a type of which they may know none has no name.
    """

    title: str
    icon: str
    lines: list[tuple[str, str]]
    more: int
    unseen: bool


def holding(viewer: Viewer, record: Model, rows: Iterable[Model]) -> list[Holding]:
    """The records that rows are, or that they are parts of, by type; not the record itself."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for model, pk in ((type(row), row.pk), *holders(row)):
            kind = registry.of_model(model)
            if kind is not None and (model, pk) != (type(record), record.pk):
                found[kind.name].add(pk)
                break
    held = [_of_type(viewer, registry.named(name), pks) for name, pks in found.items()]
    return sorted(held, key=lambda one: one.title)


def _of_type(viewer: Viewer, kind: RecordType, pks: set[int]) -> Holding:
    rows = kind.rows(viewer).filter(pk__in=sorted(pks)[:1000])
    known = rows.count()
    lines = [(str(one), kind.url(one.pk)) for one in rows.order_by("-pk")[:SHOWN]]
    return Holding(kind.title, kind.icon, lines, max(known - SHOWN, 0), unseen=known < len(pks))
