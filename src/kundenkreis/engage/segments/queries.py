"""Who is in which segment, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import canonical_id, canonical_ids, linked, profiles
from kundenkreis.engage.segments import people as everyone
from kundenkreis.engage.segments.definitions import tree_of, words_for
from kundenkreis.engage.segments.evaluating import moment_of
from kundenkreis.engage.segments.facts import ProfileFacts
from kundenkreis.engage.segments.loading import load, load_scores
from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.segments.needs import needs_of
from kundenkreis.engage.segments.nodes.membership import READ
from kundenkreis.kernel import bulk, clock
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.conditions import Explanation, describe, explain, sentence
from kundenkreis.kernel.errors import NotFound


def segments(viewer: Viewer) -> QuerySet[Segment]:
    """Segments the viewer may see, newest first."""
    return visible(viewer, Segment.objects.order_by("-id"), READ)


def segment(viewer: Viewer, segment_id: int) -> Segment:
    """One segment. Raises `NotFound`."""
    found = segments(viewer).filter(pk=segment_id).first()
    if found is None:
        raise NotFound
    return found


def segment_ids_of(profile_ids: Iterable[int]) -> dict[int, set[int]]:
    """The active segments each profile's person is in; two queries, however many profiles."""
    canonical = canonical_ids(profile_ids)
    found: dict[int, set[int]] = {person: set() for person in canonical.values()}
    for person, segment_id in _memberships(found):
        found[person].add(segment_id)
    return {pk: found[person] for pk, person in canonical.items()}


def memberships_of(person: int) -> set[int]:
    """The segments a canonical profile is stored in, archived ones among them; one query."""
    rows = bulk.select(Membership, ("segment_id",), among=("profile_id", [person]))
    return {segment_id for (segment_id,) in rows}


def _memberships(people: Iterable[int]) -> QuerySet[Membership, tuple[int, int]]:
    active = Segment.objects.filter(state=Segment.State.ACTIVE).values("pk")
    rows = Membership.objects.filter(profile_id__in=list(people), segment_id__in=active)
    return rows.values_list("profile_id", "segment_id")


def memberships_by_link(link_ids: Iterable[UUID]) -> dict[UUID, dict[int, datetime]]:
    """The active segments that people known by these ids are in, and since when."""
    people = linked(link_ids)
    active = Segment.objects.filter(state=Segment.State.ACTIVE).values("pk")
    rows = Membership.objects.filter(profile_id__in=set(people.values()), segment_id__in=active)
    found: dict[int, dict[int, datetime]] = {}
    for person, segment_id, since in rows.values_list("profile_id", "segment_id", "entered_at"):
        found.setdefault(person, {})[segment_id] = since
    return {link: found.get(person, {}) for link, person in people.items()}


def segment_names(segment_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """What segments are called, by language."""
    return dict(Segment.objects.filter(pk__in=set(segment_ids)).values_list("pk", "name"))


def is_member(segment_id: int, profile_id: int) -> bool:
    """Whether the profile's person is in the active segment now."""
    return segment_id in segment_ids_of([profile_id])[profile_id]


def members(viewer: Viewer, segment_id: int, limit: int = 100) -> list[Profile]:
    """The newest people in a segment the viewer may see, at most `limit`. Raises `NotFound`."""
    inside = Membership.objects.filter(segment_id=segment(viewer, segment_id).pk)
    ids = inside.order_by("-profile_id").values_list("profile_id", flat=True)[:limit]
    return list(profiles(viewer).filter(pk__in=list(ids)))


def links_in(viewer: Viewer, segment_id: int) -> list[UUID]:
    """The ids by which the crm knows those who are in a segment, as far as the viewer may know of
    them. Raises `NotFound`."""
    inside = Membership.objects.filter(segment_id=segment(viewer, segment_id).pk)
    people = inside.values("profile_id")
    known = profiles(viewer).filter(Q(pk__in=people) | Q(canonical_id__in=people))
    rows = known.filter(link_id__isnull=False).order_by("pk")
    return [link for link in rows.values_list("link_id", flat=True) if link is not None]


@dataclass(frozen=True, slots=True)
class LiveCount:
    """How many people fulfil a definition, of how many."""

    size: int
    of: int


def live_count(viewer: Viewer, definition: Any, as_of: datetime | None = None) -> LiveCount:
    """Count who fulfils a definition that need not be saved, now or as of an aware instant.

    Raises `ConditionError` when the definition cannot be used.
    """
    viewer.require(READ)
    tree = tree_of(definition)
    size = everyone.count(tree, moment_of(as_of or clock.now()))
    return LiveCount(size, everyone.everybody().count())


def why(viewer: Viewer, segment_id: int, profile_id: int) -> Explanation:
    """Why the profile's person is in the segment, or why not: every condition with its answer.

    Raises `NotFound`.
    """
    found, person = segment(viewer, segment_id), canonical_id(profile_id)
    if not profiles(viewer).filter(pk=person).exists():
        raise NotFound
    tree, moment = tree_of(found.definition), moment_of(clock.now())
    facts = load([person], needs_of(tree), moment)
    load_scores(tree, facts, moment)
    known = facts.get(person) or ProfileFacts(person)
    return explain(tree, words_for(viewer), known, moment.now, moment.zone)


def builder(viewer: Viewer) -> dict[str, Any]:
    """What the builder of definitions offers; see `kernel/conditions/README.md`."""
    viewer.require(READ)
    return describe(words_for(viewer))


def in_words(viewer: Viewer, definition: Any) -> str:
    """The definition in one line. Raises `ConditionError`."""
    return sentence(tree_of(definition), words_for(viewer))
