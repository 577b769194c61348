"""Memberships stay true while events and people are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import commands
from kundenkreis.engage.segments.models import Membership, Recheck, Segment, Timer
from kundenkreis.engage.segments.nodes.counting import Performed
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.tests.people import NOW, did, members, people, segment
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.forgetting import forget_rows
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)
BOUGHT = Performed(Selector("Order Completed"))


def test_who_bought_long_ago_is_no_longer_counted_as_a_buyer() -> None:
    with freeze(NOW) as clock:
        (who,) = people(1)
        did(who, "Order Completed")
        buyers = segment(BOUGHT)
        clock.advance(days=762)
        assert forget_rows(Side.ENGAGE, Event) == 1
        assert members(buyers) == {who}
        commands.consume_rechecks()
        assert members(buyers) == set()


def test_who_is_forgotten_leaves_nothing_in_segments() -> None:
    with freeze(NOW) as clock:
        gone, stays = people(1, last_seen_at=NOW) + people(1, last_seen_at=NOW + timedelta(days=9))
        for who in (gone, stays):
            did(who, "Order Completed")
        buyers = segment(BOUGHT)
        with store.group(Side.ENGAGE, "test"):
            for who in (gone, stays):
                store.append(Timer, [Timer(segment_id=buyers.pk, profile_id=who, due_at=NOW)])
                store.append(Recheck, [Recheck(profile_id=who, cause="all")])
        clock.advance(days=762)
        assert forget_rows(Side.ENGAGE, Profile) == 1
        assert members(buyers) == {stays}
        assert Segment.objects.get(pk=buyers.pk).size == 1
        for model in (Timer, Recheck, Membership):
            assert list(model._default_manager.values_list("profile_id", flat=True)) == [stays]
