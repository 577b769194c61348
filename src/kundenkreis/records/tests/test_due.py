"""What is due over all types: one's own first, and nothing that one may not know of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.utils import translation

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.sales.models import Competitor
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.record import Record
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, BOTH, CARLA
from kundenkreis.records import named, write
from kundenkreis.records.days import parse_day
from kundenkreis.records.due import count_due, due_steps
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.page.next_step import suggested_days
from kundenkreis.records.registry import TYPES

pytestmark = pytest.mark.django_db(databases=BOTH)

TODAY = date(2026, 11, 27)


def planned(name: str, record: Any, day: int, owner: int | None = 1) -> None:
    values = {"next_step": "Call", "next_step_on": TODAY + timedelta(days=day), "owner_id": owner}
    write.change(named(name), ANNA, record.pk, None, values)


@pytest.fixture
def steps() -> None:
    planned("person", people.create_person(actor=ANNA, last_name="Weiß"), -1)
    planned("person", people.create_person(actor=ANNA, last_name="Later"), 1)
    planned("person", people.create_person(actor=ANNA, last_name="Ben's", team_id=1), 0, owner=2)
    planned("organisation", people.create_organisation(actor=ANNA, name="Firm"), -3)
    planned("competitor", write.create(named("competitor"), ANNA, {"name": "Other"}), 0)
    with store.group(Side.ENGAGE, "test"):
        profile = store.create(ANNA, Profile)
    planned("profile", profile, -2)


def due(*asked: Any, **options: Any) -> list[str]:
    return [f"{kind.name} {record.next_step_on}" for kind, record in due_steps(*asked, **options)]


def test_it_finds_ones_own_steps_of_both_sides_earliest_first(steps: None) -> None:
    found = [
        "organisation 2026-11-24", "profile 2026-11-25", "person 2026-11-26",
        "competitor 2026-11-27",
    ]  # fmt: skip
    assert due(ANNA, TODAY) == found
    assert due(ANNA, TODAY, 2) == found[:2]
    assert due(ANNA)[-1] == "person 2026-11-28"
    assert (count_due(ANNA, TODAY, 9), count_due(ANNA, TODAY, 3)) == (4, 3)
    assert due(ANNA, TODAY, others=True) == ["person 2026-11-27"]


def test_it_names_nothing_that_may_not_be_known(steps: None) -> None:
    assert due(BEN, TODAY) == ["person 2026-11-27"]
    assert due(BEN, TODAY, others=True) == ["profile 2026-11-25"]  # of the crm: the team's only
    assert due(CARLA, TODAY) == due(CARLA, TODAY, others=True) == []
    hidden = MappingProxyType({"crm.organisation": frozenset({"next_step_on"})})
    assert due(replace(ANNA, hidden=hidden), TODAY)[0].startswith("profile")


def test_the_steps_of_who_is_absent_are_the_deputys(steps: None) -> None:
    assert due(replace(BEN, stands_in_for=frozenset({1})), TODAY)[0] == "organisation 2026-11-24"


def test_every_type_has_the_index_that_finds_what_is_due() -> None:
    models = [kind.model for kind in TYPES.values() if issubclass(kind.model, Record)]
    assert Competitor in models
    for model in models:
        found = [
            one.name
            for one in model._meta.indexes
            if one.fields[:2] == ["owner_id", "next_step_on"]
        ]
        assert found, f"{model.__name__} needs a due_index"


def test_every_day_that_a_dialog_offers_is_understood() -> None:
    with clock.freeze("2026-11-27T12:00:00Z"):
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                assert all(parse_day(words) > TODAY for words in suggested_days())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("next_step_on=overdue", ["Past"]),
        ("next_step_on=today", ["Now"]),
        ("next_step_on=week", ["Now", "Past", "Sunday"]),
        ("next_step_on=none", ["Never"]),
        ("next_step_on=today&next_step_on=none", ["Never", "Now"]),
        ("next_step_on=nonsense", ["Far", "Never", "Now", "Past", "Sunday"]),
    ],
)
def test_every_list_is_narrowed_by_when_the_next_step_is_due(asked: str, found: list[str]) -> None:
    kind = named("competitor")
    write.create(kind, ANNA, {"name": "Never"})
    for name, day in (("Past", -1), ("Now", 0), ("Sunday", 2), ("Far", 9)):
        planned("competitor", write.create(kind, ANNA, {"name": name}), day)
    with clock.freeze("2026-11-27T12:00:00Z"):
        rows, filters = narrowed(kind, ANNA, QueryDict(asked), "/")
        assert sorted(row.name for row in rows) == found
        assert "Due" in [menu.label for menu in filters.menus]
        assert filters.menus[-1].clear == "/"


def test_a_list_says_nothing_of_a_step_that_is_hidden() -> None:
    viewer = replace(ANNA, hidden=MappingProxyType({"crm.competitor": frozenset({"next_step_on"})}))
    planned("competitor", write.create(named("competitor"), ANNA, {"name": "X"}), -1)
    rows, filters = narrowed(named("competitor"), viewer, QueryDict("next_step_on=none"), "/")
    assert [row.name for row in rows] == ["X"]
    assert not filters.active
    assert "next_step_on" not in {one.name for one in filters.menus}
