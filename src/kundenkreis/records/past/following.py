"""What others changed of the records somebody follows: read from the audit, kept nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import audit, store
from kundenkreis.kernel.sides import Side
from kundenkreis.records.models import Mark
from kundenkreis.records.page.marks import MOST, NOBODY, Marked, readable
from kundenkreis.records.past.history import Words, known_changes, names_of, step_words

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

# Beside those of others there are the viewer's own entries, and what they may not know of.
SPARE = 3


@dataclass(frozen=True, slots=True)
class News:
    """One change of a followed record: who did what, and which fields it was."""

    at: datetime
    who: str
    what: str
    icon: str
    kind: RecordType
    record: Any
    fields: list[str]


def followed(viewer: Viewer, side: Side) -> list[Marked]:
    """The records of a side that the viewer follows and may read."""
    own = store.stored(side, Mark).filter(user_id=viewer.user_id or NOBODY, what=Mark.What.FOLLOW)
    return readable(viewer, side, own.order_by("-at", "-id")[: MOST[Mark.What.FOLLOW]])


def news(
    viewer: Viewer, marked: list[Marked], *, since: datetime | None, before: datetime | None,
    limit: int,
) -> list[News]:  # fmt: skip
    """The latest changes that others made of these records of one side since they are followed."""
    if not marked:
        return []
    known = {
        f"{kind.subject}:{record.pk}": (kind, record, mark.at) for kind, record, mark in marked
    }
    first = min(mark.at for _kind, _record, mark in marked)
    entries = audit.latest_of(
        marked[0][0].side, known, max(first, since or first), before, limit * SPARE
    )
    who = names_of(entry.actor for entry in entries)
    found: list[News] = []
    for entry in entries:
        kind, record, at = known[entry.target]
        changes = known_changes(kind, viewer, entry)
        if entry.at <= at or entry.actor == viewer.reference or changes is None:
            continue
        what, icon = step_words(entry.action)
        words = Words(viewer, record, ())
        labels = [words.label(name) for name in changes]
        found.append(News(entry.at, who(entry.actor), what, icon, kind, record, labels))
    return found[:limit]
