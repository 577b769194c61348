"""The light of one person and the condition of a list are one answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from unittest import mock
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people import commands, contacting_rows, permissions
from kundenkreis.crm.people.contacting import NEEDS, lights_of
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    FormerLink,
    Organisation,
    Person,
    Restriction,
)
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.conditions import ConditionError
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.lists.vocabulary import vocabulary

pytestmark = pytest.mark.django_db(databases=CRM)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 21)
Json = dict[str, Any]

DAYS = st.sampled_from([None, *(TODAY + timedelta(days=n) for n in (-1, 0, 1))])
NAMES = st.sampled_from(["a", "b", "c"])
LINKS = st.sampled_from([None, 1, 2, 3])


@dataclass
class Facts:
    """What is known of one person."""

    link: int | None = None
    former: int | None = None
    basis: str = ""
    restricted: bool = False
    ended: str = ""
    details: list[tuple[str, str, str, date | None, date | None]] = field(default_factory=list)
    works: list[tuple[str, date | None, date | None]] = field(default_factory=list)


DETAIL = st.tuples(
    st.sampled_from([*NEEDS.values()]), NAMES, st.sampled_from(["", "bounced"]), DAYS, DAYS
)
PERSONS = st.lists(
    st.builds(
        Facts, LINKS, st.sampled_from([None, 4, 5]), st.sampled_from(["", "contract"]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from(["", "", "retired", "deceased"]), st.lists(DETAIL, max_size=4),
        st.lists(st.tuples(st.sampled_from(["company", "household"]), DAYS, DAYS), max_size=2),
    ),
    min_size=1, max_size=4,
)  # fmt: skip
SAID = st.builds(
    ContactPermission,
    link_id=st.sampled_from([None, *(UUID(int=n) for n in range(1, 6))]),
    subject_kind=st.sampled_from(["email", "person"]),
    folded=NAMES,
    purpose=st.sampled_from(["marketing", "newsletter", ""]),
    channel=st.sampled_from([*NEEDS]),
    granted=st.booleans(),
    since=st.integers(-2, 2).map(lambda days: clock.now() + timedelta(days=days)),
    origin=st.sampled_from(["", "link", "import", "double_opt_in"]),
    confirmed_at=st.sampled_from([None, -2, 0, 2]).map(
        lambda days: None if days is None else clock.now() + timedelta(days=days)
    ),
)
WORLDS = st.tuples(PERSONS, st.lists(SAID, max_size=8))
World = tuple[list[Facts], list[ContactPermission]]


def stored(world: World) -> None:
    people, said = world
    for model in (ContactPermission, FormerLink, Person, Organisation):
        model.objects.all().delete()  # type: ignore[attr-defined]
    now = {"created_at": clock.now(), "changed_at": clock.now()}
    taken: set[int] = set()
    for number, facts in enumerate(people):
        link, former = (None if one in taken else one for one in (facts.link, facts.former))
        taken |= {one for one in (link, former) if one}
        who = Person.objects.create(
            last_name=str(number), link_id=UUID(int=link) if link else None,
            legal_basis=facts.basis, ended=facts.ended, **now,
        )  # fmt: skip
        if former:
            FormerLink.objects.create(link_id=UUID(int=former), person=who, was_of=0)
        if facts.restricted:
            Restriction.objects.create(person=who, reason="claims", since=clock.now())
        for kind, name, state, first, last in facts.details:
            ContactDetail.objects.create(
                person=who, kind=kind, value=name, folded=name, state=state,
                valid_from=first, valid_until=last, **now,
            )  # fmt: skip
        for kind, first, last in facts.works:
            firm = Organisation.objects.create(name="Firm", kind=kind, **now)
            Affiliation.objects.create(
                person=who, organisation=firm, since=first, until=last, **now
            )
    for number, one in enumerate(said):
        one.pk, one.subject = None, f"{one.folded}|{number}"
        one.save(force_insert=True)


def differs(world: World) -> list[str]:
    """Where the condition and the function say different things."""
    stored(world)
    with clock.freeze("2026-11-21T12:00:00+00:00"):
        everybody = list(Person.objects.order_by("pk"))
        lights = lights_of(everybody)
        return [
            f"{who} {light.channel}"
            for channel in NEEDS
            for found in [set(Person.objects.filter(contacting_rows.allowed(channel, TODAY)))]
            for who in everybody
            for light in lights[who.pk]
            if light.channel == channel and light.allowed is not (who in found)
        ]


@pytest.fixture(autouse=True)
def day() -> Any:
    with clock.freeze("2026-11-21T12:00:00+00:00") as frozen:
        yield frozen


FEW = st.sampled_from([-1, 2, 1_000])  # nobody is few, some are, everybody is


@given(WORLDS, FEW)
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_the_condition_is_the_function(world: World, few: int) -> None:
    with mock.patch.object(contacting_rows, "FEW", few):
        assert differs(world) == []


def test_control_few_who_are_not_all_of_them_are_noticed() -> None:
    world = ([mailed(link=1), mailed(former=4)], [agreed(folded="z", link_id=UUID(int=4))])
    assert differs(world) == []
    none = mock.Mock(filter=lambda **_: FormerLink.objects.none())
    with (
        mock.patch.object(contacting_rows, "FEW", 1),
        mock.patch.object(contacting_rows, "FormerLink", mock.Mock(objects=none)),
    ):
        assert differs(world) == ["1 email"]


def agreed(days: int = 0, **more: Any) -> ContactPermission:
    values = {"folded": "a", "purpose": "marketing", "channel": "email", "granted": True, **more}
    return ContactPermission(since=clock.now() + timedelta(days=days), **values)


def mailed(**more: Any) -> Facts:
    return Facts(details=[("email", "a", "", None, None)], **more)


def test_control_a_condition_that_forgets_a_rule_is_noticed() -> None:
    world = ([mailed(link=1)], [agreed()])
    refused = ([mailed(link=1)], [agreed(), agreed(folded="z", granted=False, link_id=UUID(int=1))])
    former = ([mailed(former=4)], [agreed(folded="z", link_id=UUID(int=4))])
    assert (differs(world), differs(refused), differs(former)) == ([], [], [])
    by_address_only = contacting_rows._SAID.partition("UNION ALL")[0] + ")"
    with mock.patch.object(contacting_rows, "_SAID", by_address_only):
        assert differs(world) == []
        assert differs(refused) == ["0 email"]
        assert differs(former) == ["0 email"]


def found(node: Json, viewer: Viewer = ANNA) -> set[str]:
    asked = QueryDict(mutable=True)
    asked["where"] = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    rows, filters = narrowed(named("person"), viewer, asked, "")
    assert filters.problem == "", filters.problem
    tree = conditions.load_node(node, filters.vocabulary)
    assert conditions.dump_node(tree, filters.vocabulary) == node
    in_memory = {
        str(one)
        for one in named("person").rows(viewer)
        if conditions.matches(tree, filters.vocabulary, one, clock.now(), BERLIN)
    }
    names = {str(one) for one in rows}
    assert names == in_memory
    return names


def may(channel: str, answer: str = "yes") -> Json:
    return {"type": "may_contact", "channel": channel, "answer": answer}


def test_a_list_shows_whom_one_may_reach() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Zeiss")
    anna = commands.create_person(
        actor=ANNA, last_name="Anna", phone="03641 123456", organisation=firm
    )
    commands.create_person(actor=ANNA, last_name="Ben", email="ben@example.org")
    said = permissions.Statement(
        "email", "Ben@example.org", "marketing", "email", True, clock.now()
    )
    permissions.project_consent(actor=ANNA, statements=[said])
    assert found(may("phone")) == {"Anna"}
    assert found(may("email")) == {"Ben"}
    assert found(may("email", "no")) == {"Anna"}
    assert found({"type": "not", "child": may("post")}) == {"Anna", "Ben"}
    permissions.record_objections(actor=ANNA, person_id=anna.pk, channels=["phone"])
    assert found(may("phone")) == set()


def test_who_may_not_know_phone_numbers_cannot_ask_who_may_be_called() -> None:
    hidden = {"crm.person": frozenset({"phone"})}
    ben = Viewer("Ben", 9, grants={"crm.*": Level.ALL}, hidden=hidden)
    words = vocabulary(named("person"), ben)
    assert conditions.load_node(may("email"), words)
    with pytest.raises(ConditionError):
        conditions.load_node(may("phone"), words)


def test_it_is_asked_by_indexes_on_sqlite() -> None:
    if connections["default"].vendor != "sqlite":
        pytest.skip("PostgreSQL decides by the table's size")
    with mock.patch.object(contacting_rows, "FEW", -1):
        plans = [(channel, contacting_rows.allowed(channel, TODAY)) for channel in NEEDS]
    plans += [(channel, contacting_rows.allowed(channel, TODAY)) for channel in NEEDS]
    for _channel, light in plans:
        rows = Person.objects.filter(light).order_by("pk")
        steps = rows.explain().splitlines()
        scans = [step for step in steps if "SCAN" in step]
        assert [step for step in scans if "crm_people_person" not in step] == [], "\n".join(steps)
