"""What has happened stands in the timeline: an entry follows its activity, in its transaction.

However an activity is written, through a page, an undo, a job: the entry is as the activity is.
"""

from __future__ import annotations

from collections.abc import Iterator

from kundenkreis.crm.people.contacted import refresh_contacted
from kundenkreis.crm.people.models import TimelineEntry
from kundenkreis.crm.people.timeline import ACTIVITY
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import AT_THE_END, Unit
from kundenkreis.records.directory import LOOKUPS

OWN = ("person", "organisation")  # their entries refer to nothing else
_FOLLOWED = ("person_id", "organisation_id", "kind", "at", "actor", "reference", "payload")


def follow(unit: Unit) -> None:
    """Write, change or take away the entries of the activities that a unit of work touched."""
    touched = unit.touched.get(Activity)
    if unit.side is not Side.CRM or not touched:
        return
    keys = [f"{ACTIVITY}{pk}" for pk in touched]
    known = {entry.key: entry for entry in store.rows(TimelineEntry).filter(key__in=keys)}
    new, told = [], []
    for entry in _entries(list(store.rows(Activity).filter(pk__in=touched))):
        told.append(entry)
        old = known.pop(entry.key, None)
        if old is None:
            new.append(entry)
        elif any(getattr(old, name) != getattr(entry, name) for name in _FOLLOWED):
            values = {name: getattr(entry, name) for name in _FOLLOWED}
            store.replace(store.rows(TimelineEntry).filter(pk=old.pk), **values)
        told += [old] if old is not None else []
    store.append(TimelineEntry, new)
    told += known.values()
    if known:
        gone = [entry.pk for entry in known.values()]
        store.discard(store.rows(TimelineEntry).filter(pk__in=gone))
    refresh_contacted(
        {one.person_id for one in told if one.person_id},
        {one.organisation_id for one in told if one.organisation_id},
    )


def _entries(activities: list[Activity]) -> Iterator[TimelineEntry]:
    authors = {one.author_id for one in activities if one.author_id is not None}
    lookup = LOOKUPS.get("owner_id")
    names = lookup.names(authors) if lookup and authors else {}
    now = clock.now()
    for one in activities:
        is_task = one.kind == Activity.Kind.TASK
        at = one.done_at if is_task else one.at or one.created_at
        if at is None or (is_task and not one.is_done):
            continue  # still to be done
        author = one.author_id
        payload = {"text": one.text, "by": names.get(author or 0, ""), "minutes": one.minutes}
        yield TimelineEntry(
            person_id=one.person_id,
            organisation_id=one.organisation_id,
            kind=one.kind,
            at=at,
            recorded_at=now,
            actor=f"user:{author}" if author else "system:work",
            reference="" if one.about_kind in OWN else one.about,
            payload={name: value for name, value in payload.items() if value},
            key=f"{ACTIVITY}{one.pk}",
        )


AT_THE_END.append(follow)
