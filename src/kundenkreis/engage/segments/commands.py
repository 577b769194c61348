"""Making and keeping segments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kundenkreis.engage.segments import following, refreshing, storing
from kundenkreis.engage.segments.definitions import definition_of, tree_of
from kundenkreis.engage.segments.errors import (
    CircularSegments,
    SegmentInUse,
    StillKept,
    UnknownSegment,
    WrongState,
)
from kundenkreis.engage.segments.events import (
    SegmentActivated,
    SegmentArchived,
    SegmentRenamed,
)
from kundenkreis.engage.segments.models import Recheck, Segment
from kundenkreis.engage.segments.needs import needs_of
from kundenkreis.engage.segments.registry import circle, references
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.conditions import Node
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.fields import translated

CHANGE = "engage.segment.change"


@command
def create_segment(
    *,
    actor: Actor,
    name: dict[str, str],
    definition: Any,
    owner_id: int | None = None,
    team_id: int | None = None,
    activate: bool = False,
) -> Segment:
    """Make a segment, as a draft unless `activate`.

    Raises `ConditionError`, `UnknownSegment`, `CircularSegments`.
    """
    actor.require("engage.segment.create")
    tree = tree_of(definition)
    _check_references(tree)
    segment = store.create(
        actor,
        Segment,
        name=name,
        definition=definition_of(tree),
        owner_id=actor.user_id if owner_id is None else owner_id,
        team_id=team_id,
    )
    return activate_segment(actor=actor, segment_id=segment.pk) if activate else segment


@command
def change_segment(
    *,
    actor: Actor,
    segment_id: int,
    version: int | None = None,
    definition: Any = None,
    **values: Any,
) -> Segment:
    """Give a segment another definition, name or owner; an active one is refreshed at once.

    Raises `ConditionError`, `UnknownSegment`, `CircularSegments`, `Conflict`.
    """
    segment = store.lock(Segment, segment_id, version=version)
    actor.require_for(CHANGE, segment)
    if segment.state == Segment.State.ARCHIVED:
        raise WrongState(segment.state, segment.get_state_display())
    if definition is not None:
        tree = tree_of(definition)
        _check_references(tree, segment)
        values["definition"] = definition_of(tree)
    before, called = segment.definition, segment.name
    store.change(actor, segment, **values)
    if segment.name != called:
        publish(SegmentRenamed(segment.pk))
    if segment.state == Segment.State.ACTIVE and segment.definition != before:
        _ask_for_refresh(segment)
    return segment


@command
def activate_segment(*, actor: Actor, segment_id: int) -> Segment:
    """Begin to keep a draft's membership. Raises `WrongState`, `UnknownSegment`."""
    segment = store.lock(Segment, segment_id)
    actor.require_for(CHANGE, segment)
    if segment.state != Segment.State.DRAFT:
        raise WrongState(segment.state, segment.get_state_display())
    _check_references(tree_of(segment.definition), segment)
    store.change(actor, segment, state=Segment.State.ACTIVE)
    _ask_for_refresh(segment)
    publish(SegmentActivated(segment.pk))
    return segment


@command
def archive_segment(*, actor: Actor, segment_id: int) -> Segment:
    """Stop keeping a segment; its members leave it. Raises `SegmentInUse`, `WrongState`."""
    segment = store.lock(Segment, segment_id)
    actor.require_for(CHANGE, segment)
    if segment.state == Segment.State.ARCHIVED:
        raise WrongState(segment.state, segment.get_state_display())
    _require_unused(segment)
    store.change(actor, segment, state=Segment.State.ARCHIVED)
    _ask_for_refresh(segment)
    publish(SegmentArchived(segment.pk))
    return segment


@command
def remove_segment(*, actor: Actor, segment_id: int) -> None:
    """Delete a segment that nobody is kept in. Raises `WrongState`, `SegmentInUse`."""
    segment = store.lock(Segment, segment_id)
    actor.require_for("engage.segment.remove", segment)
    if segment.state == Segment.State.ACTIVE:
        raise StillKept
    _require_unused(segment)
    store.remove(actor, segment)


@command
def settle_undone(*, segment_id: int, fields: Collection[str]) -> None:
    """Follow what an undo brought back: an earlier definition, or an earlier state.

    Raises what activating or archiving would.
    """
    segment = store.lock(Segment, segment_id)
    if segment.state == Segment.State.ACTIVE:
        _check_references(tree_of(segment.definition), segment)
    elif "state" in fields:
        _require_unused(segment)
        publish(SegmentArchived(segment.pk))
    if segment.state == Segment.State.ACTIVE or "state" in fields:
        _ask_for_refresh(segment)


@command
def recompute_segment(*, actor: Actor, segment_id: int) -> Segment:
    """Ask for a comparison of the whole membership with the definition; it runs in `pulse`."""
    segment = store.lock(Segment, segment_id)
    actor.require_for(CHANGE, segment)
    if segment.state == Segment.State.DRAFT:
        raise WrongState(segment.state, segment.get_state_display())
    _ask_for_refresh(segment)
    return segment


@command
def recheck_profiles(*, profile_ids: list[int], cause: str) -> None:
    """Note that something else than an event changed about people; see `Recheck.Cause`."""
    following.recheck(profile_ids, Recheck.Cause(cause))


@command
def drop_profiles(*, profile_ids: list[int]) -> None:
    """Take people who are no longer known out of all segments."""
    storing.drop(profile_ids, clock.now())


# The following open short transactions of their own, one per slice of work.
consume_events = following.follow_events
consume_rechecks = following.follow_rechecks
run_due_timers = following.follow_timers
refresh_segment = refreshing.refresh_segment


def _ask_for_refresh(segment: Segment) -> None:
    now = clock.now()
    store.replace(Segment.objects.filter(pk=segment.pk), refresh_due_at=now)
    segment.refresh_due_at = now


def _others(segment: Segment | None) -> list[Segment]:
    """The other segments that are not archived."""
    found = Segment.objects.exclude(state=Segment.State.ARCHIVED)
    return list(found.exclude(pk=segment.pk) if segment else found)


def _require_unused(segment: Segment) -> None:
    users = [one for one in _others(segment) if segment.pk in references(one)]
    if users:
        raise SegmentInUse([translated(one.name) for one in users])


def _check_references(tree: Node, segment: Segment | None = None) -> None:
    """Segments may only refer to active ones, and never to themselves in a circle."""
    wanted = needs_of(tree).segments
    if not wanted:
        return
    others = {one.pk: one for one in _others(segment)}
    own = segment.pk if segment else 0
    graph = {pk: references(one) for pk, one in others.items()} | {own: wanted}
    names = {pk: translated(one.name) for pk, one in others.items()}
    names[own] = translated(segment.name) if segment else ""
    if found := circle(graph):
        raise CircularSegments([names.get(pk, str(pk)) for pk in found])
    for pk in sorted(wanted):
        if pk not in others or others[pk].state != Segment.State.ACTIVE:
            raise UnknownSegment(pk)
