"""Segments: both evaluators agree, and following changes equals recomputing.

Controls at the end: broken variants that these properties catch.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.profiles.events import ProfilesIdentified, ProfilesMerged
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import canonical_id
from kundenkreis.engage.segments import commands, storing
from kundenkreis.engage.segments.definitions import PEOPLE, definition_of, tree_of
from kundenkreis.engage.segments.evaluating import Outcome, moment_of
from kundenkreis.engage.segments.events import SegmentEntered, SegmentLeft
from kundenkreis.engage.segments.following import READER
from kundenkreis.engage.segments.models import Membership, Recheck, Segment, Timer
from kundenkreis.engage.segments.nodes.counting import NotPerformed, Performed
from kundenkreis.engage.segments.nodes.membership import InSegment
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.nodes.sequence import Sequence, SequenceType
from kundenkreis.engage.segments.people import everybody
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import conditions as c
from kundenkreis.kernel import log, store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.events import on, publish
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM
from tests.properties.segment_worlds import (
    DURATIONS,
    FOLLOWED,
    NOW,
    PEOPLE_HERE,
    World,
    actions,
    append_events,
    built,
    in_memory,
    in_sql,
    trees,
    worlds,
)

# Really committed: PostgreSQL shows the log only of transactions that are over.
# Each example begins with empty tables.
pytestmark = [pytest.mark.django_db(databases=["engage"], transaction=True), pytest.mark.unaudited]
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@given(worlds(), st.lists(trees(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_it_gives_the_same_answer_in_memory_and_in_the_database(
    world: World, wanted: list[c.Node]
) -> None:
    built(world)
    for tree in wanted:
        found = in_memory(tree, NOW)
        assert {pk for pk, (member, _) in found.items() if member} == in_sql(tree, NOW), tree
        pending = everybody().filter(c.pending_q(tree, PEOPLE, moment_of(NOW)))
        announced = {pk for pk, (_, change) in found.items() if change}
        assert announced <= set(pending.values_list("pk", flat=True)), tree
        assert tree_of(definition_of(tree)) == tree


moves: list[SegmentEntered | SegmentLeft] = []
on(SegmentEntered)(moves.append)
on(SegmentLeft)(moves.append)


class Story:
    """A world in which things happen, and two segments that follow it."""

    def __init__(self, clock: FrozenClock, tree: c.Node, outer: c.Node) -> None:
        self.clock = clock
        self.ids = built(World([{} for _ in range(PEOPLE_HERE)]))
        moves.clear()
        self.segment = self._segment(tree)
        self.outer = self._segment(c.All((c.Not(InSegment(self.segment.pk)), outer)))

    def _segment(self, tree: c.Node) -> Segment:
        made = commands.create_segment(
            actor=SYSTEM, name={"en": "S"}, definition=definition_of(tree), activate=True
        )
        commands.refresh_segment(made.pk)
        return made

    def happens(self, what: str, detail: Any) -> None:
        with store.group(Side.ENGAGE):
            getattr(self, f"_{what}")(detail)

    def _events(self, rows: list[dict[str, Any]]) -> None:
        append_events(self.ids, rows)

    def _time(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    def _join(self, traits: dict[str, Any]) -> None:
        """Somebody new, of whom nothing has happened yet."""
        made = store.create(SYSTEM, Profile, traits=traits)
        publish(ProfilesIdentified((made.pk,)))

    def _timer(self, _: None) -> None:
        """Go exactly to where the next window runs out."""
        due = Timer.objects.order_by("due_at").values_list("due_at", flat=True).first()
        if due is not None:
            self.clock.instant = max(due, self.clock.instant)

    def _merge(self, pair: tuple[int, int]) -> None:
        absorbed, into = (canonical_id(self.ids[at]) for at in pair)
        if absorbed == into:
            return
        for profile in Profile.objects.filter(canonical_id=absorbed):
            store.change(SYSTEM, profile, canonical_id=into)
        store.change(SYSTEM, Profile.objects.get(pk=absorbed), canonical_id=into)
        publish(ProfilesMerged(absorbed_id=absorbed, canonical_id=into))

    def _consent(self, detail: tuple[int, bool]) -> None:
        who, granted = detail
        cookie = f"cookie-{self.ids[who]}"
        subject = {"subject_kind": "anonymous", "subject": cookie}
        named = {**subject, "purpose": "offers", "channel": "web"}
        store.discard(ConsentState.objects.filter(**named))
        store.append(ConsentState, [ConsentState(**named, granted=granted, since=NOW)])
        publish(ConsentChanged(link_id=None, **named, granted=granted, at=NOW))

    def _trait(self, detail: tuple[int, Any]) -> None:
        who, city = detail
        profile = Profile.objects.get(pk=canonical_id(self.ids[who]))
        store.change(SYSTEM, profile, traits={"city": city})
        commands.recheck_profiles(profile_ids=[profile.pk], cause=Recheck.Cause.PROFILE)

    def _define(self, tree: c.Node) -> None:
        definition = definition_of(tree)
        commands.change_segment(actor=SYSTEM, segment_id=self.segment.pk, definition=definition)

    def follow(self) -> None:
        """What the loop does until there is nothing to do."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._round():
                continue
            if self._everything_read():
                return
            time.sleep(0.02)
        raise AssertionError("the loop does not come to rest")

    def _round(self) -> int:
        done = commands.consume_events(3) + commands.consume_rechecks(2)
        done += commands.run_due_timers(2)
        for segment in Segment.objects.filter(refresh_due_at__isnull=False).order_by("id"):
            done += 1
            commands.refresh_segment(segment.pk)
        return done

    def _everything_read(self) -> bool:
        """PostgreSQL's log ends before the oldest transaction of the whole server."""
        last = Event.objects.order_by("tx", "id").values_list("tx", "pk").last()
        return last is None or log.position(READER, Side.ENGAGE) >= log.Position(*last)

    def differences(self) -> list[str]:
        """Where the stored membership is not what a recomputation gives."""
        found = []
        for segment in Segment.objects.order_by("id"):
            members = Membership.objects.filter(segment_id=segment.pk)
            stored = set(members.values_list("profile_id", flat=True))
            wanted = in_sql(tree_of(segment.definition), self.clock.instant)
            net = Counter[int]()
            for move in moves:
                if move.segment_id == segment.pk:
                    net[move.profile_id] += 1 if isinstance(move, SegmentEntered) else -1
            if stored != wanted:
                found.append(f"segment {segment.pk} has {stored}, should have {wanted}")
            if segment.size != len(stored):
                found.append(f"segment {segment.pk} says {segment.size} of {len(stored)}")
            if +net != Counter(stored) or min(net.values(), default=0) < 0:
                found.append(f"segment {segment.pk} announced {net}, has {stored}")
        return found


@given(trees(FOLLOWED), trees(FOLLOWED), st.lists(actions(), max_size=10))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_it_ends_where_a_recomputation_ends_whatever_happens_in_whatever_order(
    tree: c.Node, outer: c.Node, script: list[tuple[str, Any]]
) -> None:
    with freeze(NOW) as clock:
        story = Story(clock, tree, outer)
        for what, detail in script:
            story.happens(what, detail)
            story.follow()
            assert story.differences() == [], (what, detail)


@given(
    st.tuples(DURATIONS, DURATIONS), st.integers(0, 300), st.sampled_from([Performed, NotPerformed])
)
@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
def test_it_follows_the_newest_window_whatever_the_window_was_before(
    windows: tuple[c.Duration, c.Duration], minutes_ago: int, kind: Any
) -> None:
    first, then = (kind(Selector("Order Completed", window)) for window in windows)
    with freeze(NOW) as clock:
        story = Story(clock, first, c.All())
        story.happens("events", [cart("Order Completed", minutes_ago)])
        story.follow()
        story.happens("define", then)
        story.follow()
        for days in (0, 1, 2, 14, 40, 60):
            clock.instant = NOW + timedelta(days=days, hours=6)
            story.follow()
            assert story.differences() == [], days


SIX_HOURS = c.Duration(6, c.Unit.HOURS)
CART = Sequence(
    Selector("Product Added", SIX_HOURS),
    Selector("Order Completed"),
    "property.cart_id",
    "property.cart_id",
)


def cart(kind: str, minutes_ago: int, who: int = 0, cart_id: Any = "a") -> dict[str, Any]:
    return {
        "who": who,
        "type": kind,
        "key": "",
        "occurred_at": NOW - timedelta(minutes=minutes_ago),
        "value_minor": None,
        "currency": "",
        "properties": {} if cart_id is None else {"cart_id": cart_id},
    }


@given(st.permutations(range(6)), st.lists(st.integers(1, 6), max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
def test_it_does_not_matter_in_which_order_or_how_often_events_arrive(
    order: list[int], batches: list[int]
) -> None:
    happened = [
        cart("Product Added", 300),
        cart("Order Completed", 200),
        cart("Product Added", 100, cart_id="b"),
        cart("Product Added", 90, who=1),
        cart("Order Completed", 95, who=1),
        cart("Order Completed", 80, who=2, cart_id=None),
    ]
    arriving = [happened[at] for at in order] + happened[:2]  # two are repeated
    with freeze(NOW) as clock:
        story = Story(clock, CART, c.All())
        for size in [*batches, len(arriving)]:
            part, arriving = arriving[:size], arriving[size:]
            if part:
                story.happens("events", part)
                story.follow()
                assert story.differences() == []
        members = Membership.objects.filter(segment_id=story.segment.pk)
        # 0 ordered cart a but not b; 1 put something in after the order; 2 has no cart.
        assert {story.ids.index(pk) for pk in members.values_list("profile_id", flat=True)} == {
            0,
            1,
        }


def run_out(story: Story) -> list[str]:
    """A cart of one person, then six hours without anything happening."""
    story.happens("events", [cart("Product Added", 0)])
    story.follow()
    assert Segment.objects.get(pk=story.segment.pk).size == 1
    story.clock.advance(hours=6)
    story.follow()
    return story.differences()


def test_it_lets_people_go_when_the_window_runs_out() -> None:
    with freeze(NOW) as clock:
        story = Story(clock, CART, c.All())
        assert run_out(story) == []
        assert Segment.objects.get(pk=story.segment.pk).size == 0


def test_it_lets_people_in_when_nothing_happened_for_long_enough() -> None:
    tree = c.All(
        (
            Performed(Selector("Order Completed"), "gte", 2),
            NotPerformed(Selector("Order Completed", c.Duration(60, c.Unit.DAYS))),
        )
    )
    with freeze(NOW) as clock:
        story = Story(clock, tree, c.All())
        story.happens("events", [cart("Order Completed", 0), cart("Order Completed", 60)])
        story.follow()
        assert Segment.objects.get(pk=story.segment.pk).size == 0
        clock.advance(days=60, seconds=-1)
        story.follow()
        assert Segment.objects.get(pk=story.segment.pk).size == 0
        clock.advance(seconds=1)
        story.follow()
        assert Segment.objects.get(pk=story.segment.pk).size == 1


# --- controls: each of these would go unnoticed if the properties above could not fail ---------


def test_control_it_notices_timers_that_are_never_set() -> None:
    real = storing._change

    def forgetful(outcome: Outcome, *rest: Any) -> Any:
        return real(Outcome(outcome.segment_id, outcome.profile_id, outcome.member), *rest)

    with freeze(NOW) as clock, mock.patch.object(storing, "_change", forgetful):
        assert run_out(Story(clock, CART, c.All()))


def test_control_it_notices_a_key_that_is_ignored() -> None:
    class Careless(SequenceType):
        def holds(self, node: Sequence, facts: Any, moment: c.Moment) -> bool:
            return super().holds(Sequence(node.first, node.then, "any", "any"), facts, moment)

    built(World([{}], events=[cart("Product Added", 9), cart("Order Completed", 1, cart_id="b")]))
    assert in_sql(CART, NOW)
    with mock.patch.dict(PEOPLE.by_class, {Sequence: Careless()}):
        assert not any(member for member, _ in in_memory(CART, NOW).values())


def test_control_it_notices_merged_people_who_are_not_looked_at() -> None:
    with freeze(NOW) as clock:
        story = Story(clock, CART, c.All())
        story.happens("events", [cart("Product Added", 5), cart("Order Completed", 1, who=1)])
        story.follow()
        story.happens("merge", (0, 1))
        with store.group(Side.ENGAGE):
            store.discard(Recheck.objects.all())
        story.follow()
        assert story.differences()
