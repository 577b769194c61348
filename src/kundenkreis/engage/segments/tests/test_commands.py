"""Making, changing and archiving segments, and who may."""

from __future__ import annotations

import pytest

from kundenkreis.engage.segments import commands
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.errors import (
    CircularSegments,
    SegmentInUse,
    UnknownSegment,
    WrongState,
)
from kundenkreis.engage.segments.models import Segment
from kundenkreis.engage.segments.nodes.membership import InSegment
from kundenkreis.engage.segments.tests.people import NOW, members, people, segment
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.conditions import All, Compare, ConditionError, Not
from kundenkreis.kernel.errors import Conflict, NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, SYSTEM

pytestmark = pytest.mark.django_db(databases=["engage"])
EVERYBODY = definition_of(All())
KNOWN = definition_of(Compare("known", "is", value=True))


def test_it_makes_a_draft_that_nobody_is_in() -> None:
    people(1)
    made = commands.create_segment(actor=ANNA, name={"en": "All"}, definition=EVERYBODY)
    assert (made.state, made.size, made.refresh_due_at, made.owner_id) == ("draft", 0, None, 1)
    assert commands.create_segment.__doc__
    assert AuditEntry.objects.using("engage").filter(target=f"engage.segment:{made.pk}").exists()


def test_it_fills_an_activated_segment() -> None:
    everybody = people(3)
    made = commands.create_segment(actor=ANNA, name={"en": "All"}, definition=EVERYBODY)
    commands.activate_segment(actor=ANNA, segment_id=made.pk)
    commands.refresh_segment(made.pk)
    made.refresh_from_db()
    assert members(made) == set(everybody)
    assert (made.size, made.refresh_due_at) == (3, None)
    with pytest.raises(WrongState):
        commands.activate_segment(actor=ANNA, segment_id=made.pk)


def test_it_refreshes_an_active_segment_whose_definition_changed() -> None:
    people(2)
    (known,) = people(1, known=True)
    made = segment(All())
    changed = commands.change_segment(actor=SYSTEM, segment_id=made.pk, definition=KNOWN)
    assert changed.refresh_due_at is not None
    commands.refresh_segment(made.pk)
    assert members(made) == {known}


def test_it_does_not_refresh_for_a_new_name() -> None:
    made = segment(All())
    commands.change_segment(actor=SYSTEM, segment_id=made.pk, name={"en": "New", "de": "Neu"})
    made.refresh_from_db()
    assert (made.name["de"], made.refresh_due_at) == ("Neu", None)


def test_it_empties_an_archived_segment() -> None:
    people(3)
    made = segment(All())
    commands.archive_segment(actor=SYSTEM, segment_id=made.pk)
    commands.refresh_segment(made.pk)
    made.refresh_from_db()
    assert (members(made), made.size, made.state) == (set(), 0, "archived")
    for refused in (commands.archive_segment, commands.activate_segment):
        with pytest.raises(WrongState):
            refused(actor=SYSTEM, segment_id=made.pk)
    with pytest.raises(WrongState):
        commands.change_segment(actor=SYSTEM, segment_id=made.pk, definition=KNOWN)


def test_it_says_what_to_do_when_the_state_does_not_allow_it() -> None:
    draft = commands.create_segment(actor=SYSTEM, name={"en": "x"}, definition=EVERYBODY)
    active, archived = segment(All()), segment(All())
    commands.archive_segment(actor=SYSTEM, segment_id=archived.pk)
    expected = (
        (commands.recompute_segment, draft, "draft", "Activate it first."),
        (commands.activate_segment, active, "active already", "need not do anything"),
        (commands.activate_segment, archived, "no longer kept", "Make a new segment"),
    )
    for command, made, why, hint in expected:
        with pytest.raises(WrongState) as refused:
            command(actor=SYSTEM, segment_id=made.pk)
        error = refused.value
        assert made.get_state_display() in str(error.what) or made is archived
        assert why in str(error.why)
        assert hint in str(error.hint)


def test_it_refuses_a_definition_it_cannot_use_and_says_where() -> None:
    wrong = {"v": 1, "where": {"type": "performed", "event": "x", "n": 0}}
    with pytest.raises(ConditionError) as refused:
        commands.create_segment(actor=ANNA, name={"en": "x"}, definition=wrong)
    assert refused.value.path == "where.n"
    assert not Segment.objects.exists()


def test_it_refuses_segments_that_depend_on_each_other_in_a_circle() -> None:
    first = segment(All())
    second = segment(InSegment(first.pk))
    for tree in (InSegment(first.pk), Not(InSegment(second.pk))):
        with pytest.raises(CircularSegments):
            commands.change_segment(
                actor=SYSTEM, segment_id=first.pk, definition=definition_of(tree)
            )


def test_it_refuses_to_refer_to_a_segment_that_is_not_kept() -> None:
    draft = commands.create_segment(actor=ANNA, name={"en": "x"}, definition=EVERYBODY)
    for pk in (draft.pk, 4711):
        with pytest.raises(UnknownSegment):
            segment(InSegment(pk))


def test_it_refuses_to_archive_what_others_need() -> None:
    first = segment(All())
    second = segment(InSegment(first.pk))
    with pytest.raises(SegmentInUse):
        commands.archive_segment(actor=SYSTEM, segment_id=first.pk)
    commands.archive_segment(actor=SYSTEM, segment_id=second.pk)
    commands.archive_segment(actor=SYSTEM, segment_id=first.pk)


def test_it_asks_for_the_right_and_for_the_owner() -> None:
    made = segment(All(), owner_id=1, team_id=1)
    for viewer in (BEN, CARLA):
        with pytest.raises(NotAllowed):
            commands.create_segment(actor=viewer, name={"en": "x"}, definition=EVERYBODY)
        for refused in (
            commands.archive_segment,
            commands.recompute_segment,
            commands.change_segment,
        ):
            with pytest.raises(NotAllowed):
                refused(actor=viewer, segment_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.version) == ("active", 2)


def test_it_refuses_to_overwrite_what_somebody_else_changed() -> None:
    made = segment(All())
    with pytest.raises(Conflict):
        commands.change_segment(actor=SYSTEM, segment_id=made.pk, name={"en": "x"}, version=1)


def test_it_recomputes_on_request() -> None:
    with freeze(NOW):
        made = segment(All())
        asked = commands.recompute_segment(actor=SYSTEM, segment_id=made.pk)
        assert asked.refresh_due_at == NOW
