"""Issues count what their lists show; the figures of a month; what can be added, and what not."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from kundenkreis.crm.people import contact_commands as contacts
from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    DuplicatePair,
    Organisation,
    Person,
    QualityNight,
    QualitySnapshot,
)
from kundenkreis.crm.people.places.commands import add_places, place
from kundenkreis.crm.people.quality import commands, enriching, figures
from kundenkreis.crm.people.quality.conditions import known_to
from kundenkreis.crm.people.quality.issues import issues_of
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.past.undo import undo
from kundenkreis.records.write import change

pytestmark = pytest.mark.django_db(databases=CRM)
NOW = "2026-11-20T12:00:00+00:00"
TODAY = date(2026, 11, 20)
BERLIN = ZoneInfo("Europe/Berlin")
Case = tuple[str, Any]


@pytest.fixture(autouse=True)
def now() -> Any:
    with clock.freeze(NOW) as frozen:
        yield frozen


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    rows = [("07743", "Jena", 50.9326, 11.5868), ("99423", "Weimar", 50.9803, 11.3290)]
    add_places(actor=SYSTEM, places=[place("DE", *one, "DE-TH") for one in rows])


def person(name: str, **more: Any) -> Person:
    return create_person(actor=ANNA, last_name=name, **more)


def found(kind: str, issue: str) -> set[str]:
    """The list of an issue, which memory agrees with."""
    node = {"type": "quality", "issue": issue}
    asked = QueryDict(mutable=True)
    asked["where"] = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    rows, filters = narrowed(named(kind), ANNA, asked, "")
    assert filters.problem == "", filters.problem
    tree = conditions.load_node(node, filters.vocabulary)
    everybody = named(kind).rows(ANNA)
    in_memory = {
        str(one)
        for one in everybody
        if conditions.matches(tree, filters.vocabulary, one, clock.now(), BERLIN)
    }
    names = {str(one) for one in rows}
    assert names == in_memory
    return names


def test_what_is_missing_is_found() -> None:
    firm = create_organisation(actor=ANNA, name="Zeiss", email="info@zeiss.example")
    person("Nobody")
    person("Mailed", email="a@b.example", organisation=firm)
    gone = person("Bounced", email="x@y.example")
    detail = ContactDetail.objects.get(person=gone)
    contacts.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value=detail.value, state="bounced"
    )
    assert found("person", "no_way") == {"Nobody", "Bounced"}
    assert found("person", "no_email") == {"Nobody", "Bounced"}
    assert found("person", "no_phone") == {"Nobody", "Mailed", "Bounced"}
    assert found("person", "unlinked") == {"Nobody", "Bounced"}
    assert found("person", "bounced") == {"Bounced"}
    assert found("organisation", "no_people") == set()
    assert found("organisation", "no_address") == {"Zeiss"}


def test_contradictions_are_found() -> None:
    firm = create_organisation(actor=ANNA, name="Gone", postal_code="07743", town="Weimar")
    person("Born", birth_date=TODAY + timedelta(days=1))
    person("Methuselah", birth_date=date(1890, 1, 1))
    person("Fine", birth_date=date(1980, 1, 1), postal_code="07743", town="Jena")
    person("Works", organisation=firm)
    change(named("organisation"), ANNA, firm.pk, None, {"closed_on": TODAY})
    assert found("person", "born_wrong") == {"Born", "Methuselah"}
    assert found("person", "works_at_closed") == {"Works"}
    assert found("person", "code_and_town") == set()
    assert found("organisation", "code_and_town") == {"Gone"}
    assert found("organisation", "closed") == {"Gone"}


def test_what_was_lost_within_a_year_and_what_nobody_has_confirmed(now: Any) -> None:
    firm = create_organisation(actor=ANNA, name="Zeiss")
    old, retired, moved, left = (person(name) for name in ("Old", "Retired", "Moved", "Left"))
    contacts.add_contact_detail(
        actor=ANNA, holder=moved, kind="postal", value="Ring 1, 07743 Jena",
        valid_until=TODAY + timedelta(days=300),
    )  # fmt: skip
    contacts.add_affiliation(
        actor=ANNA, person=left, organisation=firm, until=TODAY + timedelta(days=200)
    )
    assert found("person", "stale") == set()
    now.advance(days=400)
    day = TODAY + timedelta(days=390)
    change(named("person"), ANNA, retired.pk, None, {"ended": "retired", "ended_on": day})
    assert found("person", "retired") == {"Retired"}
    assert found("person", "moved") == {"Moved"}
    assert found("person", "job_changed") == {"Left"}
    assert found("person", "stale") == {"Old", "Moved", "Left"}
    health = figures.health(named("person"), ANNA)
    assert (health.total, health.decayed, health.decay) == (4, 3, 0.75)
    assert str(old) == "Old"


def test_every_number_is_that_of_its_list() -> None:
    create_organisation(actor=ANNA, name="Zeiss", postal_code="07743", town="Jena")
    person("A", email="a@b.example")
    person("B")
    for name in ("person", "organisation"):
        health = figures.health(named(name), ANNA)
        for _label, some in health.groups:
            for one in some:
                assert one.count == len(found(name, one.issue.name)), one.issue.name
        assert {one.issue.name for _label, some in health.groups for one in some} == set(
            issues_of(named(name).model)
        )
    by_name = {one.name: one for one in figures.health(named("person"), ANNA).fields}
    assert (by_name["last_name"].count, by_name["profession"].count) == (2, 0)
    assert by_name["profession"].unused
    assert (by_name["email"].count, by_name["email"].fresh) == (1, 1)


def test_the_figures_of_a_month_are_kept_once(now: Any) -> None:
    person("A")
    assert commands.measure_night(actor=SYSTEM)
    assert not commands.measure_night(actor=SYSTEM)
    now.advance(days=20)
    assert commands.measure_night(actor=SYSTEM)
    assert QualitySnapshot.objects.count() == 4
    months = figures.trend(named("person"), ANNA)
    assert [one.month for one in months] == [date(2026, 11, 1), date(2026, 12, 1)]
    assert months[0].figures["no_way"] == 1
    assert figures.trend(named("person"), CARLA) == []


def test_of_many_records_the_figures_are_those_of_last_night(
    now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MANY", 1)
    for name in "ABC":
        person(name, email=f"{name}@b.example" if name == "A" else "")
    kind = named("person")
    live = figures.health(kind, ANNA)
    assert (live.at, live.total) == (None, 3)
    commands.measure_night(actor=SYSTEM)
    person("D")
    kept = figures.health(kind, ANNA)
    assert (kept.at, kept.total) == (clock.now(), 3)
    assert (kept.fields, kept.decayed) == (live.fields, live.decayed)
    told, before = (
        [(one.issue.name, one.count, one.of) for _label, some in health.groups for one in some]
        for health in (kept, live)
    )
    assert told == before
    now.advance(days=1)
    commands.measure_night(actor=SYSTEM)
    assert (figures.health(kind, ANNA).total, QualityNight.objects.count()) == (4, 2)
    # Whoever may read a part of them is told of that part, as it is now.
    assert figures.health(kind, BEN).at is None
    monkeypatch.setattr(figures, "MANY", 4)
    assert figures.health(kind, ANNA).at is None


def test_what_follows_is_suggested_added_with_its_source_and_taken_back() -> None:
    firm = create_organisation(actor=ANNA, name="Zeiss", website="https://www.zeiss.example")
    works = person("Works", email="w@zeiss.example")
    person("Free", email="f@gmx.de")
    lives = person("Lives", town="Jena", country="DE")
    ready = enriching.suggestions(ANNA, Person)
    assert {(one.enricher, str(one.record)) for one in ready} == {
        ("domain", "Works"),
        ("address", "Lives"),
    }
    _added, batch = commands.enrich(actor=ANNA, model=Person, names=[one.name for one in ready])
    assert Affiliation.objects.get(person=works).organisation == firm
    detail = ContactDetail.objects.get(person=lives)
    assert (detail.postal_code, detail.source) == ("07743", "Anreicherung")
    assert detail.location.region == "DE-TH"
    assert enriching.suggestions(ANNA, Person) == []
    undo(ANNA, Side.CRM, batch)
    assert not Affiliation.objects.exists()
    assert ContactDetail.objects.get(person=lives).postal_code == ""
    assert len(enriching.suggestions(ANNA, Person)) == 2


def test_a_domain_of_two_organisations_says_nothing() -> None:
    create_organisation(actor=ANNA, name="Zeiss", website="https://zeiss.example")
    create_organisation(actor=ANNA, name="Zeiss Medical", email="info@zeiss.example")
    person("Works", email="w@zeiss.example")
    assert enriching.suggestions(ANNA, Person) == []


def test_nothing_is_added_to_whom_must_be_cleared_up_first() -> None:
    create_organisation(actor=ANNA, name="Zeiss", website="https://zeiss.example")
    twice = person("Twice", email="t@zeiss.example")
    other = person("Other")
    born = person("Born", email="b@zeiss.example", birth_date=TODAY + timedelta(days=9))
    DuplicatePair.objects.create(kind="person", left=twice.pk, right=other.pk, found_at=clock.now())
    refused = {str(one.record): one for one in enriching.suggestions(ANNA, Person)}
    assert refused["Twice"].refused == "perhaps there twice"
    assert refused["Born"].refused == "date of birth cannot be right"
    for one in refused.values():
        with pytest.raises(DomainError, match="cleared up first"):
            commands.enrich(actor=ANNA, model=Person, names=[one.name])
    assert not Affiliation.objects.exists()
    # The control: once it is decided, the same is added.
    DuplicatePair.objects.update(state="different")
    commands.enrich(actor=ANNA, model=Person, names=[refused["Twice"].name])
    assert Affiliation.objects.get().person == twice
    assert str(born) == "Born"


def test_only_who_may_change_records_adds_to_them() -> None:
    create_organisation(actor=ANNA, name="Zeiss", website="https://zeiss.example")
    person("Works", email="w@zeiss.example")
    assert enriching.suggestions(CARLA, Person) == []
    (one,) = enriching.suggestions(ANNA, Person)
    with pytest.raises(DomainError, match="nothing to add"):
        commands.enrich(actor=CARLA, model=Person, names=[one.name])
    with pytest.raises(NotAllowed):
        commands.keep_month(actor=CARLA, month=TODAY, found={})
    assert Organisation.objects.count() == 1


def test_who_sees_a_part_of_the_records_learns_nothing_of_others() -> None:
    assert "twice" in known_to(ANNA, Person)
    assert not {"twice", "works_at_closed", "unlinked"} & known_to(BEN, Person).keys()
    assert "no_way" in known_to(BEN, Person)


def test_what_nothing_follows_from_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enriching, "LOOKED_AT", 2)
    create_organisation(actor=ANNA, name="Odd", website="http://[odd")
    create_organisation(actor=ANNA, name="Zeiss", website="https://zeiss.example")
    for number in range(5):
        person(f"Free {number}", email=f"f{number}@gmx.de", town="Nirgendwo", country="DE")
    person("Works", email="w@zeiss.example", town="Jena", country="DE")
    ready = enriching.suggestions(ANNA, Person)
    assert {(one.enricher, str(one.record)) for one in ready} == {
        ("domain", "Works"),
        ("address", "Works"),
    }


def test_of_two_addresses_of_one_record_one_is_offered_at_a_time() -> None:
    lives = person("Lives", town="Jena", country="DE")
    contacts.add_contact_detail(
        actor=ANNA, holder=lives, kind="postal", value="", town="Weimar", country="DE"
    )
    (first,) = enriching.suggestions(ANNA, Person)
    commands.enrich(actor=ANNA, model=Person, names=[first.name])
    assert ContactDetail.objects.get(town="Jena").postal_code == "07743"
    (second,) = enriching.suggestions(ANNA, Person)
    assert "Weimar" in second.text


def test_each_place_is_asked_once(django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        person(f"Lives {number}", town="Jena", country="DE")
    with django_assert_max_num_queries(30):
        assert len(enriching.suggestions(ANNA, Person)) == 30
