"""Keeping memberships true as things happen: events, other changes, and time.

Each function does one short piece of work and returns how much it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kundenkreis.engage.profiles.queries import canonical_ids
from kundenkreis.engage.segments.evaluating import evaluate_work, moment_of
from kundenkreis.engage.segments.models import Recheck, Timer
from kundenkreis.engage.segments.registry import Registry, registry
from kundenkreis.engage.segments.storing import store_outcomes
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import bulk, clock, log, store
from kundenkreis.kernel.sides import Side

READER = "engage.segments"
EVENTS_AT_ONCE = 1000
PEOPLE_AT_ONCE = 500


def follow_events(limit: int = EVENTS_AT_ONCE) -> int:
    """Evaluate the people of the next events in the log for the segments their types concern."""
    segments, before = registry(), log.position(READER, Side.ENGAGE)
    if not segments.everything:
        return _skip(before)
    rows = log.rows_after(Event, before, Side.ENGAGE)
    events = list(rows.values_list("tx", "pk", "profile_id", "type")[:limit])
    if not events:
        return 0
    after = log.Position(*events[-1][:2])
    concerned: dict[int, set[int]] = {}
    for _, _, profile_id, kind in events:
        if ids := segments.by_event.get(kind):
            concerned.setdefault(profile_id, set()).update(ids)
    _evaluate(concerned, segments, lambda: log.move(READER, after, Side.ENGAGE))
    return len(events)


def _skip(before: log.Position) -> int:
    """Without segments nothing has to be read: those to come look at everything when activated."""
    newest = log.settled(Event.objects.all(), Side.ENGAGE).values_list("tx", "pk").last()
    if newest is None or log.Position(*newest) <= before:
        return 0
    with store.group(Side.ENGAGE, "engage.segments.skip"):
        log.move(READER, log.Position(*newest), Side.ENGAGE)
    return 1


def follow_rechecks(limit: int = PEOPLE_AT_ONCE) -> int:
    """Evaluate people about whom something else than an event changed."""
    rows = list(Recheck.objects.order_by("id").values_list("pk", "profile_id", "cause")[:limit])
    if not rows:
        return 0
    segments = registry()
    concerned: dict[int, set[int]] = {}
    for _, profile_id, cause in rows:
        concerned.setdefault(profile_id, set()).update(segments.by_cause[cause])
    done = [pk for pk, _, _ in rows]
    _evaluate(concerned, segments, lambda: _forget_rechecks(done), also_merged=True)
    return len(rows)


def _forget_rechecks(done: list[int]) -> None:
    store.discard(Recheck.objects.filter(pk__in=done))


def follow_timers(limit: int = PEOPLE_AT_ONCE) -> int:
    """Evaluate people for whom time may have changed the answer."""
    due = Timer.objects.filter(due_at__lte=clock.now()).order_by("due_at", "id")
    rows = list(due.values_list("pk", "profile_id", "segment_id")[:limit])
    if not rows:
        return 0
    segments = registry()
    followed = segments.by_cause[Recheck.Cause.ALL]
    concerned: dict[int, set[int]] = {}
    for _, profile_id, segment_id in rows:
        if segment_id in followed:
            concerned.setdefault(profile_id, set()).add(segment_id)
    # Timers of segments that are not followed any more have nothing to replace them.
    orphans = [pk for pk, _, segment_id in rows if segment_id not in followed]
    _evaluate(concerned, segments, lambda: _forget_timers(orphans), also_merged=True)
    return len(rows)


def _forget_timers(orphans: list[int]) -> None:
    if orphans:
        store.discard(Timer.objects.filter(pk__in=orphans))


def _evaluate(
    concerned: dict[int, set[int]],
    segments: Registry,
    finish: Callable[[], None],
    *,
    also_merged: bool = False,
) -> None:
    """Evaluate and store. `also_merged`: take merged profiles out of their segments as well."""
    work: dict[int, set[int]] = {}
    for profile_id, person in canonical_ids(concerned).items():
        work.setdefault(person, set()).update(concerned[profile_id])
        if also_merged and person != profile_id:
            work.setdefault(profile_id, set()).update(concerned[profile_id])
    now = clock.now()
    outcomes = evaluate_work(work, segments, moment_of(now)) if work else []
    store_outcomes(outcomes, now, finish)


def recheck(profile_ids: Iterable[int], cause: Recheck.Cause) -> None:
    """Note, in the transaction in progress, that segments must look at these people again."""
    bulk.insert(Recheck, ("profile_id", "cause"), [(pk, str(cause)) for pk in profile_ids])
