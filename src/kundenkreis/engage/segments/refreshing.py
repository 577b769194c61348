"""Comparing a segment's whole membership with its definition, without standing in anybody's way.

The comparison is one read, in a thread of its own; its differences are then evaluated and stored
in slices, between which the loop follows events. A refresh is needed when a segment is activated,
changed or archived, and daily for those that depend on the whole population.
"""

from __future__ import annotations

import heapq
import logging
import os
import sys
import threading
import time
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import QuerySet

from kundenkreis.engage.segments.evaluating import Outcome, evaluate_work, moment_of
from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.segments.people import pending, people, roomy
from kundenkreis.engage.segments.registry import kept, references, registry
from kundenkreis.engage.segments.storing import store_outcomes
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.sides import Side

log = logging.getLogger(__name__)

SLICE = 250
AGAIN = timedelta(days=1)
RETRY = timedelta(minutes=5)
TRIES = 5  # that a slice gets before the other segments go first
LOWEST = 19
QUIET = 1.0  # seconds without an event after which a refresh need not give way any more
REST = 4  # times as long as a slice took, while it gives way


@dataclass(slots=True)
class Refresh:
    """A refresh in progress: people whose answer differs or who may need a timer.

    `version` is the segment's when it was compared.
    """

    segment_id: int
    requested: datetime
    now: datetime
    enter: array[int] = field(default_factory=lambda: array("q"))
    leave: array[int] = field(default_factory=lambda: array("q"))
    watch: array[int] = field(default_factory=lambda: array("q"))
    version: int = 0
    done: int = 0
    failures: int = 0
    error: Exception | None = None

    @property
    def total(self) -> int:
        return len(self.enter) + len(self.leave) + len(self.watch)


def due_segment() -> Segment | None:
    """The next segment to refresh: those that others refer to first."""
    due = Segment.objects.filter(refresh_due_at__lte=clock.now())
    waiting = {segment.pk: segment for segment in due.order_by("refresh_due_at", "id")[:200]}
    for segment in waiting.values():
        if not references(segment) & waiting.keys():
            return segment
    return next(iter(waiting.values()), None)


def start(segment: Segment) -> Refresh:
    assert segment.refresh_due_at is not None  # noqa: S101 - `due_segment` selects by it
    return Refresh(segment.pk, segment.refresh_due_at, clock.now())


def scan(refresh: Refresh) -> None:
    """Read the differences: one query over the people, one over the members, side by side."""
    segment = Segment.objects.get(pk=refresh.segment_id)
    refresh.version = segment.version
    members = Membership.objects.filter(segment_id=segment.pk).order_by("profile_id")
    stored = members.values_list("profile_id", flat=True).iterator(chunk_size=5000)
    if segment.state != Segment.State.ACTIVE:
        refresh.leave.extend(stored)
        return
    one, moment = kept(segment), moment_of(refresh.now)
    with roomy():
        wanted = people(one.tree, moment).order_by("pk").values_list("pk", flat=True)
        _compare(wanted.iterator(chunk_size=5000), stored, refresh)
        if not one.needs.population:
            # Also those with a timer: an earlier definition may have set it, and too late for this.
            watch = pending(one.tree, moment).order_by("pk")
            found = watch.values_list("pk", flat=True).iterator(chunk_size=5000)
            refresh.watch.extend(_without(found, heapq.merge(refresh.enter, refresh.leave)))


def _compare(wanted: Iterable[int], stored: Iterable[int], refresh: Refresh) -> None:
    """Walk two ascending lists side by side."""
    left, right = iter(wanted), iter(stored)
    new, old = next(left, None), next(right, None)
    while new is not None or old is not None:
        if old is None or (new is not None and new < old):
            refresh.enter.append(new or 0)
            new = next(left, None)
        elif new is None or old < new:
            refresh.leave.append(old)
            old = next(right, None)
        else:
            new, old = next(left, None), next(right, None)


def _without(ids: Iterable[int], others: Iterable[int]) -> Iterator[int]:
    """The ids of an ascending list that are not in another one."""
    right = iter(others)
    other = next(right, None)
    for pk in ids:
        while other is not None and other < pk:
            other = next(right, None)
        if pk != other:
            yield pk


def apply(refresh: Refresh) -> int:
    """Evaluate and store the next slice of what differs; 0 when nothing is left.

    People are evaluated once more in memory: something may have happened since the scan, and
    only so their timers are found. Segments that depend on the population and archived ones take
    the scan's word, unless they were changed since: then the refresh that was asked for does it.
    A slice that could not be stored comes again.
    """
    part = list(_slice(refresh))
    if not part:
        return 0
    segments, now = registry(), clock.now()
    one = segments.everything.get(refresh.segment_id)
    if one is not None and not one.needs.population:
        outcomes = evaluate_work({pk: [one.id] for pk, _ in part}, segments, moment_of(now))
    elif _as_compared(refresh).exists():
        outcomes = [Outcome(refresh.segment_id, pk, member) for pk, member in part]
    else:
        refresh.done = refresh.total
        return 0
    store_outcomes(outcomes, now)
    dependents = segments.dependents.get(refresh.segment_id)
    if dependents and (one is None or one.needs.population):
        work = {pk: dependents for pk, _ in part}
        store_outcomes(evaluate_work(work, segments, moment_of(now)), now)
    refresh.done += len(part)
    return len(part)


def _as_compared(refresh: Refresh) -> QuerySet[Segment]:
    """The segment, if nobody changed it since the scan."""
    return Segment.objects.filter(pk=refresh.segment_id, version=refresh.version)


def _slice(refresh: Refresh) -> Iterator[tuple[int, bool]]:
    """The next people, with the scan's answer."""
    at = 0
    for ids, member in ((refresh.enter, True), (refresh.leave, False), (refresh.watch, True)):
        low, high = max(refresh.done - at, 0), max(refresh.done + SLICE - at, 0)
        yield from ((pk, member) for pk in ids[low:high])
        at += len(ids)


def finish(refresh: Refresh) -> None:
    """Note the exact size, and when to look again."""
    segment = Segment.objects.get(pk=refresh.segment_id)
    active = segment.state == Segment.State.ACTIVE
    population = active and kept(segment).needs.population
    size = Membership.objects.filter(segment_id=segment.pk).count()
    here = Segment.objects.filter(pk=segment.pk)
    # Changed or asked for again meanwhile? Then that request stays.
    unchanged = _as_compared(refresh).filter(refresh_due_at=refresh.requested)
    with store.group(Side.ENGAGE, "engage.segments.refresh"):
        store.replace(here, size=size, refreshed_at=refresh.now)
        store.replace(unchanged, refresh_due_at=refresh.now + AGAIN if population else None)


def refresh_segment(segment_id: int) -> int:
    """Refresh one segment at once and completely; returns how many people were looked at.

    For imports, tests and the command line; the running product refreshes in slices.
    """
    segment = Segment.objects.get(pk=segment_id)
    now = clock.now()
    refresh = Refresh(segment_id, segment.refresh_due_at or now, now)
    scan(refresh)
    while apply(refresh):
        pass
    finish(refresh)
    return refresh.total


class Refresher:
    """One refresh at a time, a slice per step; the smaller part of the time while events come."""

    def __init__(self) -> None:
        self._refresh: Refresh | None = None
        self._thread: threading.Thread | None = None
        self._gives_way_until = self._rests_until = 0.0

    def busy(self) -> bool:
        """Whether a refresh is in progress."""
        return self._refresh is not None

    def give_way(self) -> None:
        """Somebody who does not want to wait was just served; more of them may come."""
        self._gives_way_until = time.monotonic() + QUIET

    def step(self) -> int:
        """Begin, wait for, continue or finish a refresh; returns how many people were looked at."""
        began = time.monotonic()
        if (self._thread is not None and self._thread.is_alive()) or began < self._rests_until:
            return 0
        if self._refresh is None:
            return self._begin()
        refresh, self._thread = self._refresh, None
        if refresh.error is not None:
            self._refresh = None
            _postpone(refresh)
            raise refresh.error
        try:
            done = apply(refresh)
            if not done:
                finish(refresh)
                self._refresh = None
        except Exception:
            self._failed(refresh)
            raise
        refresh.failures = 0
        if began < self._gives_way_until:
            self._rests_until = time.monotonic() + REST * (time.monotonic() - began)
        return done

    def _failed(self, refresh: Refresh) -> None:
        """The next step tries again; a refresh that never gets on must not stop the others."""
        refresh.failures += 1
        if refresh.failures >= TRIES:
            self._refresh = None
            _postpone(refresh)

    def _begin(self) -> int:
        segment = due_segment()
        if segment is None:
            return 0
        self._refresh = start(segment)
        name = f"segment-{segment.pk}"
        self._thread = threading.Thread(target=_read, args=(self._refresh,), daemon=True, name=name)
        self._thread.start()
        return 0


def _yield_to_others() -> None:
    """Let everything else on this machine go first; on Linux that can be said per thread.

    Only for a thread that reads: one that holds a lock would keep the others waiting all the longer.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST)


def _postpone(refresh: Refresh) -> None:
    """Let the others go first after an error."""
    here = Segment.objects.filter(pk=refresh.segment_id, refresh_due_at=refresh.requested)
    with store.group(Side.ENGAGE, "engage.segments.refresh"):
        store.replace(here, refresh_due_at=clock.now() + RETRY)


def _read(refresh: Refresh) -> None:
    _yield_to_others()
    try:
        scan(refresh)
    except Exception as error:  # noqa: BLE001 - raised again in the loop, which logs and retries
        refresh.error = error
    finally:
        connections[Side.ENGAGE.alias].close()
