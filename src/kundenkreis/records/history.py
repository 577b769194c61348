"""Who changed which field last, from the audit: what a fact says when the pointer rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import audit
from kundenkreis.kernel.record import reference
from kundenkreis.records.directory import LOOKUPS

if TYPE_CHECKING:
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.records.declaration import RecordType

LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Change:
    """The latest change of one field."""

    at: datetime
    who: str
    via: str


def last_changes(kind: RecordType, record: Any) -> dict[str, Change]:
    """By field name, from the record's latest audit entries."""
    entries = audit.latest(kind.side, reference(record), LOOKED_AT)
    names = _names(entries)
    found: dict[str, Change] = {}
    for entry in entries:
        change = getattr(entry, "change", None)
        for name in change.fields if change else ():
            who = names.get(entry.actor, entry.actor.partition(":")[2])
            found.setdefault(name, Change(entry.at, who, entry.via))
    return found


def _names(entries: list[AuditEntry]) -> dict[str, str]:
    ids = {
        int(entry.actor.removeprefix("user:"))
        for entry in entries
        if entry.actor.startswith("user:")
    }
    lookup = LOOKUPS.get("owner_id")
    known = lookup.names(ids) if lookup and ids else {}
    return {f"user:{pk}": name for pk, name in known.items()}
