"""What deputies did with somebody's records, in words, and within the reader's rights."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel.record import model_named
from kundenkreis.records import registry
from kundenkreis.records.past.history import (
    Line,
    Words,
    currencies,
    known_changes,
    lines_of,
    names_of,
    step_words,
)

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Done:
    """One change: of which record, what, by whom; `url` is empty for what has no page."""

    at: datetime
    who: str
    title: str
    icon: str
    name: str
    url: str
    lines: list[Line]


def told(side: Side, viewer: Viewer, entries: list[AuditEntry]) -> list[Done]:
    """The entries in words; of records that the reader may not read, nothing."""
    who = names_of(entry.actor for entry in entries)
    by_type: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in entries:
        by_type[entry.target.partition(":")[0].partition(".")[2]].append(entry)
    found: list[Done] = []
    for name, some in by_type.items():
        kind = registry.TYPES.get(name)
        if kind is not None:
            found += _of_records(kind, viewer, some, who)
        elif (model := model_named(side, name)) is not None:
            label = str(model._meta.verbose_name)
            found += [
                Done(entry.at, who(entry.actor), *step_words(entry.action), label, "", [])
                for entry in some
            ]
    return found


def _of_records(
    kind: RecordType, viewer: Viewer, entries: list[AuditEntry], who: Any
) -> list[Done]:
    pks = {int(entry.target.partition(":")[2]) for entry in entries}
    records = {record.pk: record for record in kind.rows(viewer).filter(pk__in=pks)}
    found = []
    for entry in entries:
        record = records.get(int(entry.target.partition(":")[2]))
        known = known_changes(kind, viewer, entry)
        if record is None or known is None:
            continue
        words = Words(viewer, record, [entry])
        money = currencies(kind, viewer, record, [entry]).get(entry.pk)
        lines = lines_of(words, known, money)
        title, icon = step_words(entry.action)
        url = kind.url(record.pk)
        found.append(Done(entry.at, who(entry.actor), title, icon, str(record), url, lines))
    return found
