"""Who is in which segment? In memory, for a set of people and the segments that concern them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from kundenkreis.engage.segments.definitions import PEOPLE
from kundenkreis.engage.segments.loading import load
from kundenkreis.engage.segments.needs import merged
from kundenkreis.engage.segments.registry import Registry
from kundenkreis.kernel.conditions import Moment, evaluate

BUSY = 1000
Work = Mapping[int, Iterable[int]]  # canonical profile → segments to look at


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a person is in a segment, and when time alone may change that."""

    segment_id: int
    profile_id: int
    member: bool
    change_at: datetime | None = None


def moment_of(now: datetime) -> Moment:
    """The instant with the company's zone."""
    return Moment(now, ZoneInfo(settings.COMPANY_ZONE))


def evaluate_work(
    work: Work, segments: Registry, moment: Moment, busy: set[int] | None = None
) -> list[Outcome]:
    """The outcome for every person and segment of the work, and for segments that refer to those.

    A person that is not there any more, or was merged into another one, is in no segment. People
    with more than `BUSY` events are added to `busy`.
    """
    closures = {pk: segments.with_dependents(ids) for pk, ids in work.items()}
    concerned = frozenset().union(*closures.values())
    needs = merged(segments.everything[pk].needs for pk in concerned if pk in segments.everything)
    people = load(closures, needs, moment)
    if busy is not None:
        busy.update(pk for pk, facts in people.items() if facts.weight > BUSY)
    outcomes = []
    for segment_id in segments.order:
        if segment_id not in concerned:
            continue
        tree = segments.everything[segment_id].tree
        for profile_id, ids in closures.items():
            if segment_id not in ids:
                continue
            facts = people.get(profile_id)
            if facts is None:
                outcomes.append(Outcome(segment_id, profile_id, member=False))
                continue
            member, change_at = evaluate(tree, PEOPLE, facts, moment)
            # Segments that refer to this one come later and see the new answer.
            (facts.segments.add if member else facts.segments.discard)(segment_id)
            outcomes.append(Outcome(segment_id, profile_id, member, change_at))
    return outcomes
