"""Writing the timeline: every step on any channel, each counted once by its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kundenkreis.crm.people.models import TimelineEntry
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command

# The keys of entries that stand for an activity, before its number; `crm.work` writes them.
ACTIVITY = "activity|"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One thing that happened: with whom, what kind, when, and what it refers to.

    `key` is unique for ever: an entry that comes again with the same key changes nothing.
    """

    kind: str
    at: datetime
    key: str
    person_id: int | None = None
    organisation_id: int | None = None
    reference: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@command
def add_timeline_entry(*, actor: Actor, entry: NewEntry) -> None:
    """Add one step to the timeline of a person or organisation, unless it is there already."""
    add_timeline_entries(actor=actor, entries=[entry])


@command
def add_timeline_entries(*, actor: Actor, entries: Sequence[NewEntry]) -> None:
    """Add steps set-based; those whose key is known already stay as they are."""
    actor.require("crm.person.change")
    now = clock.now()
    rows = [_row(actor, entry, now) for entry in entries]
    store.append(TimelineEntry, rows, ignore_conflicts=True)


def _row(actor: Actor, entry: NewEntry, now: datetime) -> TimelineEntry:
    return TimelineEntry(
        person_id=entry.person_id,
        organisation_id=entry.organisation_id,
        kind=entry.kind,
        at=entry.at,
        recorded_at=now,
        actor=actor.reference,
        reference=entry.reference,
        payload=entry.payload,
        key=entry.key,
    )
