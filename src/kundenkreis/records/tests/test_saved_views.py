"""Saved views: who sees and changes them, and that they never show more than their reader may see."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from kundenkreis.kernel import audit
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotAllowed, NotFound
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named
from kundenkreis.records.lists import saved_views
from kundenkreis.records.lists.state import content_of, opened, state_of
from kundenkreis.records.models import Mark, SavedView

pytestmark = pytest.mark.django_db(databases=BOTH)

KIND = named("organisation")
READING = MappingProxyType({"crm.*.read": Level.ALL})
BEN = Viewer(name="Ben", user_id=2, team_ids=frozenset({1}), grants=READING)
CLARA = Viewer(name="Clara", user_id=3, team_ids=frozenset({2}), grants=READING)
WHERE = {"v": 1, "where": {"type": "compare", "field": "employees", "op": "gt", "value": 5}}


def save(name: str, sharing: str = "private", actor: Viewer = ANNA, **more: Any) -> SavedView:
    query = more.pop("query", "industry=Optik&sort=-employees&columns=name,employees:90")
    state = content_of(KIND, actor, QueryDict(query))
    values = {"name": name, "sharing": sharing, "team_id": 1 if sharing == "team" else None}
    return saved_views.save(KIND, actor, state, board=False, **values, **more)


def seen(viewer: Viewer) -> list[str]:
    return [view.name for view in saved_views.views_of(KIND, viewer)]


def test_a_view_is_seen_by_whom_it_is_shared_with_and_nobody_else() -> None:
    save("everybody's", "public"), save("mine"), save("team's", "team"), save("Ben's", actor=BEN)
    assert seen(ANNA) == ["everybody's", "mine", "team's"]
    assert seen(BEN) == ["Ben's", "everybody's", "team's"]
    assert seen(CLARA) == ["everybody's"]


def test_a_view_keeps_its_groups_as_far_as_its_reader_may_know_the_field() -> None:
    view = save("by industry", "public", query="group=industry&fold=Optik&sort=name")
    assert view.state == {"group": ["industry"]}
    blind = replace(CLARA, hidden=MappingProxyType({"crm.organisation": frozenset({"industry"})}))
    for reader, groups, less in ((CLARA, ["industry"], False), (blind, [], True)):
        asked = opened(KIND, reader, QueryDict(f"view={view.pk}"))
        assert asked.getlist("group") == groups
        assert state_of(KIND, reader, asked).less is less


def test_views_of_one_type_and_side_are_not_those_of_another() -> None:
    save("firms", "public")
    assert saved_views.views_of(named("person"), ANNA) == []
    segment = named("segment")
    saved_views.save(segment, ANNA, {}, board=False, name="engage", sharing="public")
    assert [view.name for view in saved_views.views_of(segment, ANNA)] == ["engage"]
    assert not SavedView.objects.using("default").filter(name="engage").exists()


def test_only_the_right_to_share_makes_a_view_everybodys() -> None:
    with pytest.raises(NotAllowed):
        save("Ben's", "public", BEN)
    own = save("Ben's", actor=BEN)
    with pytest.raises(NotAllowed):
        saved_views.change(KIND, BEN, own.pk, name="Ben's", sharing="public")
    sharer = replace(BEN, grants=MappingProxyType({**READING, "crm.view.share": Level.OWN}))
    saved_views.change(KIND, sharer, own.pk, name="Ben's", sharing="public")
    assert "Ben's" in seen(CLARA)


def test_a_view_is_shared_with_teams_of_ones_own_only() -> None:
    state = content_of(KIND, BEN, QueryDict())
    with pytest.raises(NotAllowed):
        saved_views.save(KIND, BEN, state, board=False, name="x", sharing="team", team_id=2)


@pytest.mark.parametrize(
    "act",
    [
        lambda pk: saved_views.change(KIND, BEN, pk, name="x", sharing="private"),
        lambda pk: saved_views.keep(KIND, BEN, pk, {}, board=False),
        lambda pk: saved_views.remove(KIND, BEN, pk),
    ],
    ids=["change", "keep", "remove"],
)
def test_nobody_else_changes_a_view_and_a_hidden_one_is_not_even_there(act: Any) -> None:
    public, private = save("public", "public"), save("private")
    with pytest.raises(NotAllowed):
        act(public.pk)
    with pytest.raises(NotFound):
        act(private.pk)
    assert seen(ANNA) == ["private", "public"]


def test_a_view_opens_as_it_was_saved_and_tells_when_it_is_no_longer_so() -> None:
    view = save("large", query=urlencode({"where": json.dumps(WHERE), "country": "DE"}))
    full = opened(KIND, ANNA, QueryDict(f"view={view.pk}"))
    assert full["country"] == "DE"
    state = state_of(KIND, ANNA, full)
    assert (state.view, state.changed, state.less) == (view, False, False)
    full = full.copy()
    full["sort"] = "-employees"
    assert state_of(KIND, ANNA, full).changed
    saved_views.keep(KIND, ANNA, view.pk, content_of(KIND, ANNA, full), board=False)
    assert not state_of(KIND, ANNA, full).changed
    assert state_of(KIND, ANNA, opened(KIND, ANNA, QueryDict(f"view={view.pk}"))).view == view


def test_the_order_in_which_values_were_chosen_does_not_matter() -> None:
    view = save("two", query="industry=Optik&industry=Bau")
    state = state_of(KIND, ANNA, QueryDict(f"base={view.pk}&industry=Bau&industry=Optik"))
    assert not state.changed


def test_every_type_has_all_mine_and_recent() -> None:
    assert opened(KIND, ANNA, QueryDict("view=mine")).getlist("owner_id") == ["1"]
    assert opened(KIND, ANNA, QueryDict("view=recent"))["sort"] == "-changed_at"
    assert state_of(KIND, ANNA, QueryDict("owner_id=1")).base == "mine"
    assert state_of(KIND, ANNA, QueryDict()).base == "all"


@pytest.mark.parametrize("number", ["x", "", "999", "9" * 30, "-1"])
def test_it_says_that_a_view_does_not_exist_and_shows_all(number: str) -> None:
    full = opened(KIND, ANNA, QueryDict(f"view={number}"))
    state = state_of(KIND, ANNA, full)
    assert state.view is None
    assert content_of(KIND, ANNA, full) == {}
    assert state.missing is bool(number)


def test_a_view_never_tells_its_reader_what_is_hidden_from_them() -> None:
    query = urlencode(
        {
            "where": json.dumps(WHERE),
            "industry": "Optik",
            "sort": "-employees",
            "columns": "name,employees,country",
        }
    )
    view = save("large", "public", query=query)
    hidden = MappingProxyType({"crm.organisation": frozenset({"employees", "industry"})})
    reader = replace(BEN, hidden=hidden)
    full = opened(KIND, reader, QueryDict(f"view={view.pk}"))
    assert "employees" not in full.urlencode()
    assert "Optik" not in full.urlencode()
    assert full["columns"] == "name,country"
    state = state_of(KIND, reader, full)
    assert (state.view, state.changed, state.less) == (view, False, True)
    assert not state_of(KIND, BEN, opened(KIND, BEN, QueryDict(f"view={view.pk}"))).less


def test_pins_and_the_first_view_are_each_users_own() -> None:
    first, second = save("first", "public"), save("second", "public")
    saved_views.choose(KIND, ANNA, first.pk, pinned=True, starts=True)
    saved_views.choose(KIND, ANNA, second.pk, pinned=False, starts=True)
    assert [(v.name, v.pinned, v.starts) for v in saved_views.views_of(KIND, ANNA)] == [
        ("first", True, False),
        ("second", False, True),
    ]
    assert not any(v.pinned or v.starts for v in saved_views.views_of(KIND, BEN))
    saved_views.choose(KIND, ANNA, second.pk, pinned=False, starts=False)
    assert not any(v.starts for v in saved_views.views_of(KIND, ANNA))


def test_a_deleted_view_comes_back_with_its_pins_but_only_for_whom_deleted_it() -> None:
    view = save("gone", "public")
    saved_views.choose(KIND, BEN, view.pk, pinned=True, starts=False)
    batch = saved_views.remove(KIND, ANNA, view.pk)
    assert seen(ANNA) == []
    assert not Mark.objects.using("default").exists()
    for actor, kind in ((BEN, KIND), (ANNA, named("person"))):
        with pytest.raises(NotFound):
            saved_views.restore(kind, actor, batch)
    assert saved_views.restore(KIND, ANNA, batch).pk == view.pk
    assert [(one.name, one.pinned) for one in saved_views.views_of(KIND, BEN)] == [("gone", True)]


def test_every_change_of_a_view_is_in_the_audit() -> None:
    view = save("one")
    saved_views.change(KIND, ANNA, view.pk, name="two", sharing="public")
    saved_views.keep(KIND, ANNA, view.pk, {"q": ["x"]}, board=True)
    saved_views.restore(KIND, ANNA, saved_views.remove(KIND, ANNA, view.pk))
    entries = audit.latest(Side.CRM, f"crm.savedview:{view.pk}", 10)
    assert [entry.command for entry in reversed(entries)] == [
        "records.save_view",
        "records.change_view",
        "records.keep_view",
        "records.remove_view",
        "records.restore_view",
    ]
    assert AuditEntry.objects.using("default").filter(actor="user:1").count() == 5
