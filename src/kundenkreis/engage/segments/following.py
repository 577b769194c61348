"""Keeping memberships true as things happen: events, other changes, and time.

Each function does one short piece of work and returns how much it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

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
PAUSE = timedelta(minutes=1)

_TIMER = ("segment_id", "profile_id", "due_at")

People = dict[int, set[int]]  # profile → segments to look at


def follow_events(limit: int = EVENTS_AT_ONCE) -> int:
    """Evaluate the people of the next events in the log for the segments their types concern."""
    segments, before = registry(), log.position(READER, Side.ENGAGE)
    if not segments.everything:
        return _skip(before)
    rows = log.rows_after(Event, before, Side.ENGAGE)
    events = list(rows.values_list("tx", "pk", "profile_id", "type")[:limit])
    if not events:
        return 0
    concerned: People = {}
    for _, _, profile_id, kind in events:
        if ids := segments.by_event.get(kind):
            concerned.setdefault(profile_id, set()).update(ids)
    work, later = pace.split(_people(concerned), clock.now())

    def finish() -> None:
        _wake(later)
        log.move(READER, log.Position(*events[-1][:2]), Side.ENGAGE)

    _evaluate(work, segments, finish)
    return len(events)


class Pace:
    """Keeps people with very many events, robots mostly, from being evaluated with each of them.

    Whoever had more than `evaluating.BUSY` events is evaluated once per `PAUSE`; their timers are
    the memory that survives a restart.
    """

    def __init__(self) -> None:
        self._until: dict[int, datetime] = {}

    def note(self, people: Iterable[int], now: datetime) -> None:
        """These were evaluated now and had very many events."""
        self._until.update(dict.fromkeys(people, now + PAUSE))

    def split(self, work: People, now: datetime) -> tuple[People, list[tuple[int, int, datetime]]]:
        """Who is evaluated now; and which segment, person and instant are for later."""
        self._until = {pk: until for pk, until in self._until.items() if until > now}
        later = [
            (segment_id, pk, self._until[pk])
            for pk, ids in work.items()
            if pk in self._until
            for segment_id in ids
        ]
        return {pk: ids for pk, ids in work.items() if pk not in self._until}, later


pace = Pace()


def _wake(later: list[tuple[int, int, datetime]]) -> None:
    """Let timers for these fire then, or earlier where one is set to do so already."""
    wanted = {(segment_id, profile_id): due for segment_id, profile_id, due in later}
    rows = bulk.select(Timer, _TIMER, among=("profile_id", {who for _, who in wanted}))
    early = {(one, who) for one, who, due in rows if due <= wanted.get((one, who), due)}
    key = ("profile_id", "segment_id")
    bulk.upsert(Timer, _TIMER, [row for row in later if row[:2] not in early], key=key)


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
    concerned: People = {}
    for _, profile_id, cause in rows:
        concerned.setdefault(profile_id, set()).update(segments.by_cause[cause])
    done = [pk for pk, _, _ in rows]
    _evaluate(_people(concerned, also_merged=True), segments, lambda: _forget_rechecks(done))
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
    concerned: People = {}
    for _, profile_id, segment_id in rows:
        if segment_id in followed:
            concerned.setdefault(profile_id, set()).add(segment_id)
    # Timers of segments that are not followed any more have nothing to replace them.
    orphans = [pk for pk, _, segment_id in rows if segment_id not in followed]
    _evaluate(_people(concerned, also_merged=True), segments, lambda: _forget_timers(orphans))
    return len(rows)


def _forget_timers(orphans: list[int]) -> None:
    if orphans:
        store.discard(Timer.objects.filter(pk__in=orphans))


def _people(concerned: People, *, also_merged: bool = False) -> People:
    """The same by canonical profile; with `also_merged`, merged ones leave their segments."""
    work: People = {}
    for profile_id, person in canonical_ids(concerned).items():
        work.setdefault(person, set()).update(concerned[profile_id])
        if also_merged and person != profile_id:
            work.setdefault(profile_id, set()).update(concerned[profile_id])
    return work


def _evaluate(work: People, segments: Registry, finish: Callable[[], None]) -> None:
    now, busy = clock.now(), set[int]()
    outcomes = evaluate_work(work, segments, moment_of(now), busy) if work else []
    store_outcomes(outcomes, now, finish)
    pace.note(busy, now)


def recheck(profile_ids: Iterable[int], cause: Recheck.Cause) -> None:
    """Note, in the transaction in progress, that segments must look at these people again."""
    bulk.insert(Recheck, ("profile_id", "cause"), [(pk, str(cause)) for pk in profile_ids])
