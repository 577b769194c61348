"""In which segments people are crosses the link, and follows whatever becomes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.http import QueryDict

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import MarketingMembership, Person
from kundenkreis.crm.people.segments import segments_of
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.unions import join_people, part_people
from kundenkreis.engage.segments.commands import archive_segment, change_segment
from kundenkreis.engage.segments.evaluating import Outcome
from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.segments.storing import store_outcomes
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.link import applying, rebuild, to_crm
from kundenkreis.link.receiving import receive
from kundenkreis.records import named
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.merging.commands import merge

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def person(name: str, number: int) -> Person:
    made = people.create_person(actor=ANNA, last_name=name)
    with store.group(Side.CRM, "test"):
        store.change(SYSTEM, made, link_id=UUID(int=number))
    return made


def profile(number: int) -> int:
    with store.group(Side.ENGAGE, "test"):
        return store.create(SYSTEM, Profile, link_id=UUID(int=number), known=True).pk


@pytest.fixture
def segment() -> Segment:
    with store.group(Side.ENGAGE, "test"):
        values = {"name": {"en": "Regulars", "de": "Stammkunden"}, "definition": {}}
        return store.create(SYSTEM, Segment, state="active", **values)


def put(segment: Segment, *profiles: int, inside: bool = True) -> None:
    store_outcomes([Outcome(segment.pk, one, member=inside) for one in profiles], NOON)


def cross() -> None:
    while sum(receive(side) + applying.apply_due(side) for side in Side):
        pass
    assert rebuild.differences() == []


def shown(*who: Person) -> list[tuple[str, int]]:
    found = Person.objects.filter(pk__in=[one.pk for one in who])
    return [(str(one.segment), one.people) for one in segments_of(found)]


def test_who_is_in_a_segment_is_so_in_the_crm_until_they_leave_it(segment: Segment) -> None:
    anna, ben = person("Anna", 1), person("Ben", 2)
    one, two = profile(1), profile(2)
    put(segment, one, two)
    cross()
    assert shown(anna) == [("Regulars", 1)]
    assert shown(anna, ben) == [("Regulars", 2)]
    assert segments_of([anna])[0].since == NOON
    put(segment, one, inside=False)
    cross()
    assert (shown(anna), shown(ben)) == ([], [("Regulars", 1)])


def test_nothing_crosses_of_people_the_crm_does_not_know(segment: Segment) -> None:
    with store.group(Side.ENGAGE, "test"):
        stranger = store.create(SYSTEM, Profile)
    put(segment, stranger.pk, profile(7))
    cross()  # the second one waits: the crm may still hear of them
    assert not MarketingMembership.objects.exists()


def test_an_old_message_tells_what_holds_now(segment: Segment) -> None:
    person("Anna", 1)
    put(segment, one := profile(1))
    put(segment, one, inside=False)
    event = to_crm.MembershipsChanged(UUID(int=1))
    for _ in range(2):
        with store.group(Side.CRM, "test"):
            to_crm.project_memberships([event, event])
        assert not MarketingMembership.objects.exists()


def test_another_name_is_told_and_an_archived_segment_has_nobody(segment: Segment) -> None:
    anna = person("Anna", 1)
    put(segment, one := profile(1))
    change_segment(actor=SYSTEM, segment_id=segment.pk, name={"en": "Friends"})
    cross()
    assert shown(anna) == [("Friends", 1)]
    archive_segment(actor=SYSTEM, segment_id=segment.pk)
    put(segment, one, inside=False)
    cross()
    assert shown(anna) == []


def test_merged_people_share_their_segments_and_parted_ones_have_their_own(
    segment: Segment,
) -> None:
    anna, ben = person("Anna", 1), person("Ben", 2)
    put(segment, two := profile(2))
    profile(1)
    cross()
    assert (shown(anna), shown(ben)) == ([], [("Regulars", 1)])
    merge(actor=ANNA, kind=named("person"), kept_id=anna.pk, gone_id=ben.pk)
    cross()
    assert Profile.objects.get(pk=two).canonical_id is not None
    assert shown(anna) in ([("Regulars", 1)], [])  # until pulse has looked at both again
    root = Profile.objects.get(pk=two).canonical_id or 0
    put(segment, root)
    put(segment, two, inside=False)
    cross()
    assert shown(anna) == [("Regulars", 1)]


def test_a_parted_profile_takes_nothing_of_the_other_along(segment: Segment) -> None:
    anna, ben = person("Anna", 1), person("Ben", 2)
    one = profile(1)
    profile(2)
    join_people(actor=SYSTEM, link_id=UUID(int=1), gone=UUID(int=2))
    put(segment, one)
    cross()
    assert (shown(anna), shown(ben)) == ([("Regulars", 1)], [("Regulars", 1)])
    part_people(actor=SYSTEM, back=UUID(int=2))
    cross()
    assert (shown(anna), shown(ben)) == ([("Regulars", 1)], [])


def found(node: dict[str, object]) -> set[str]:
    asked = QueryDict(mutable=True)
    asked["where"] = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    rows, filters = narrowed(named("person"), ANNA, asked, "")
    assert filters.problem == "", filters.problem
    return {str(one) for one in rows}


def test_lists_are_narrowed_by_segments(segment: Segment) -> None:
    person("Anna", 1)
    person("Ben", 2)
    put(segment, profile(1))
    cross()
    node = {"type": "marketing_segments", "segments": [str(segment.pk)]}
    assert found(node) == {"Anna"}
    assert found({"type": "not", "child": node}) == {"Ben"}


def test_the_comparison_notices_a_membership_that_is_not_told(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    person("Anna", 1)
    one = profile(1)
    monkeypatch.setattr("kundenkreis.engage.segments.storing.tell_memberships", lambda _ids: None)
    put(segment, one)
    assert Membership.objects.exists()
    with pytest.raises(AssertionError):
        cross()
