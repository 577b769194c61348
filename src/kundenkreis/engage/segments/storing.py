"""Writing down what evaluation found: only differences, in short transactions.

The `pulse` role is the only writer of memberships. No transaction writes more than 1,000 rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import batched

from django.db.models import Case, F, PositiveBigIntegerField, Value, When

from kundenkreis.engage.segments.crossing import tell_memberships
from kundenkreis.engage.segments.evaluating import Outcome
from kundenkreis.engage.segments.events import SegmentEntered, SegmentLeft
from kundenkreis.engage.segments.models import Membership, Recheck, Segment, Timer
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.events import publish_all
from kundenkreis.kernel.sides import Side

# Each difference is at most a membership, a timer deleted and inserted, and an outbox row.
PER_TRANSACTION = 250


def _nothing() -> None:
    """No more to do."""


def store_outcomes(
    outcomes: Sequence[Outcome], now: datetime, finish: Callable[[], None] = _nothing
) -> int:
    """Make memberships and timers equal to the outcomes; returns how many memberships changed.

    `finish` runs in the last transaction, so that what was read is done with exactly when its
    effects are stored.
    """
    pairs = {(one.segment_id, one.profile_id) for one in outcomes}
    people = {one.profile_id for one in outcomes}
    segments = {one.segment_id for one in outcomes}
    here = {"profile_id__in": list(people), "segment_id__in": list(segments)}
    members = {
        (segment, profile): pk
        for pk, segment, profile in Membership.objects.filter(**here).values_list(
            "pk", "segment_id", "profile_id"
        )
        if (segment, profile) in pairs
    }
    timers = {
        (segment, profile): (pk, due)
        for pk, segment, profile, due in Timer.objects.filter(**here).values_list(
            "pk", "segment_id", "profile_id", "due_at"
        )
    }
    changes = [change for one in outcomes if (change := _change(one, members, timers, now))]
    slices = list(batched(changes, PER_TRANSACTION)) or [()]
    for at, part in enumerate(slices, 1):
        with store.group(Side.ENGAGE, "engage.segments.store"):
            _write(part, now)
            if at == len(slices):
                finish()
    return sum(1 for change in changes if change.enters or change.leaves)


class _Change:
    """What has to be written for one person and segment."""

    __slots__ = ("arm", "disarm", "enters", "leaves", "outcome")

    def __init__(
        self, outcome: Outcome, enters: bool, leaves: int | None, disarm: int | None, arm: bool
    ) -> None:
        self.outcome, self.enters, self.leaves = outcome, enters, leaves
        self.disarm, self.arm = disarm, arm


def _change(
    outcome: Outcome,
    members: dict[tuple[int, int], int],
    timers: dict[tuple[int, int], tuple[int, datetime]],
    now: datetime,
) -> _Change | None:
    pair = (outcome.segment_id, outcome.profile_id)
    membership, (timer, due) = members.get(pair), timers.get(pair, (None, None))
    wanted = outcome.change_at
    # A timer that fires too early only looks once more; rewriting it on every event would cost
    # more. So only a timer that is over, or would fire too late, is replaced.
    over = due is not None and due <= now
    late = due is not None and wanted is not None and wanted < due
    disarm = timer if over or late else None
    arm = wanted is not None and (timer is None or disarm is not None)
    enters = outcome.member and membership is None
    leaves = None if outcome.member else membership
    if not (enters or leaves or disarm or arm):
        return None
    return _Change(outcome, enters, leaves, disarm, arm)


def _write(changes: Iterable[_Change], now: datetime) -> None:
    entering = _still_kept([change.outcome for change in changes if change.enters])
    leaving = {change.leaves: change.outcome for change in changes if change.leaves}
    disarm = [change.disarm for change in changes if change.disarm]
    arm = [change.outcome for change in changes if change.arm]
    bulk.insert(
        Membership,
        ("segment_id", "profile_id", "entered_at"),
        [(one.segment_id, one.profile_id, now) for one in entering],
        ignore=True,
    )
    if leaving:
        store.discard(Membership.objects.filter(pk__in=list(leaving)))
    if disarm:
        store.discard(Timer.objects.filter(pk__in=disarm))
    bulk.insert(
        Timer,
        ("segment_id", "profile_id", "due_at"),
        [(one.segment_id, one.profile_id, one.change_at) for one in arm],
        ignore=True,
    )
    _resize(entering, leaving.values())
    publish_all(SegmentEntered(one.segment_id, one.profile_id, now) for one in entering)
    publish_all(SegmentLeft(one.segment_id, one.profile_id, now) for one in leaving.values())
    tell_memberships({one.profile_id for one in (*entering, *leaving.values())})


def drop(profile_ids: list[int], now: datetime) -> None:
    """Leave nothing of these people, in the transaction in progress."""
    theirs = [rows.filter(profile_id__in=profile_ids) for rows in map(store.rows, (Timer, Recheck))]
    members = store.rows(Membership).filter(profile_id__in=profile_ids)
    left = [Outcome(one.segment_id, one.profile_id, member=False) for one in members]
    for rows in (members, *theirs):
        store.discard(rows)
    _resize((), left)
    publish_all(SegmentLeft(one.segment_id, one.profile_id, now) for one in left)
    tell_memberships({one.profile_id for one in left})


def _still_kept(entering: list[Outcome]) -> list[Outcome]:
    """Without segments archived since the evaluation; nobody can archive the others meanwhile."""
    wanted = {one.segment_id for one in entering}
    state = Segment.State.ACTIVE.value
    rows = bulk.select(Segment, ("id",), among=("id", wanted), lock=True, state=state)
    active = {pk for (pk,) in rows}
    return [one for one in entering if one.segment_id in active]


def _resize(entering: Iterable[Outcome], leaving: Iterable[Outcome]) -> None:
    sizes = Counter(one.segment_id for one in entering)
    sizes.subtract(one.segment_id for one in leaving)
    grown = {pk: by for pk, by in sizes.items() if by}
    if grown:
        cases = [When(pk=pk, then=F("size") + Value(by)) for pk, by in grown.items()]
        size = Case(*cases, output_field=PositiveBigIntegerField())
        store.replace(Segment.objects.filter(pk__in=list(grown)), size=size)
