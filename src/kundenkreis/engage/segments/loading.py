"""Loading what is known about people: a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from django.db.models import Q

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.consents import consents_of
from kundenkreis.engage.segments.facts import EventRow, ProfileFacts
from kundenkreis.engage.segments.models import Membership
from kundenkreis.engage.segments.needs import Detail, Needs
from kundenkreis.engage.segments.nodes.rfm import Rfm, scores_of
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel.conditions import Moment, Node, walk

# Nobody does so much by hand; a robot must not fill the memory.
MOST_EVENTS = 10_000
_PROFILE = ("pk", "canonical_id", "known", "created_at", "link_id", "traits", "facts")
_TIMES = ("profile_id", "type", "occurred_at")
_COLUMNS = (*_TIMES, "key", "value_minor", "currency", "source_id")
_EVENT = {
    Detail.TIMES: _TIMES,
    Detail.COLUMNS: _COLUMNS,
    Detail.PROPERTIES: (*_COLUMNS, "properties"),
}


def load(people: Iterable[int], needs: Needs, moment: Moment) -> dict[int, ProfileFacts]:
    """What `needs` asks for about these canonical profiles; merged or missing ones are left out.

    Of one person and type at most the newest `MOST_EVENTS` events are looked at.
    Queries: one for profiles, one for events of each level of detail, one for memberships,
    and for consents one plus a few per purpose and channel.
    """
    wanted = list(people)
    columns = _PROFILE if needs.profile else _PROFILE[:2]
    groups = Profile.objects.filter(Q(pk__in=wanted) | Q(canonical_id__in=wanted))
    groups = groups.filter(restricted=False)  # else they are missing, too
    found: dict[int, ProfileFacts] = {}
    persons: dict[int, int] = {}  # each profile of the groups → its canonical one
    for row in groups.values_list(*columns):
        canonical = row[1]
        persons[row[0]] = canonical or row[0]
        if canonical is None:
            found[row[0]] = ProfileFacts(row[0], **dict(zip(_PROFILE[2:], row[2:], strict=False)))
    persons = {pk: person for pk, person in persons.items() if person in found}
    if needs.events:
        _events(persons, found, needs, moment)
    if needs.segments:
        members = Membership.objects.filter(
            profile_id__in=list(found), segment_id__in=needs.segments
        )
        for profile_id, segment_id in members.values_list("profile_id", "segment_id"):
            found[profile_id].segments.add(segment_id)
    if needs.consents:
        for person, pairs in consents_of(persons, needs.consents).items():
            found[person].consents = pairs
    return found


def _events(
    persons: dict[int, int], found: dict[int, ProfileFacts], needs: Needs, moment: Moment
) -> None:
    for detail, columns in _EVENT.items():
        kinds = [name for name in needs.events if needs.detail(name) is detail]
        if not kinds:
            continue
        wanted = Q()
        for name in kinds:
            start = needs.oldest(name, moment)
            wanted |= Q(type=name) if start is None else Q(type=name, occurred_at__gte=start)
        rows = Event.objects.filter(wanted, profile_id__in=list(persons))
        for profile_id, kind, *rest in rows.values_list(*columns).iterator(chunk_size=2000):
            events = found[persons[profile_id]].events.setdefault(kind, [])
            events.append(EventRow(*rest))
            if len(events) >= 2 * MOST_EVENTS:
                _keep_newest(events)
    for facts in found.values():
        for events in facts.events.values():
            _keep_newest(events)


def _keep_newest(events: list[EventRow]) -> None:
    if len(events) > MOST_EVENTS:
        events.sort(key=itemgetter(0))
        del events[:-MOST_EVENTS]


def load_scores(tree: Node, found: dict[int, ProfileFacts], moment: Moment) -> None:
    """Add what depends on the whole population; one query over all orders per such node."""
    for node in walk(tree):
        if isinstance(node, Rfm):
            for person, scores in scores_of(node, moment, found).items():
                found[person].scores[node] = scores
