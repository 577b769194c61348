from __future__ import annotations

from datetime import date

import pytest

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import TimelineEntry
from kundenkreis.crm.sales import commands, queries
from kundenkreis.crm.sales.events import OpportunityLost, OpportunityMoved, OpportunityWon
from kundenkreis.crm.sales.models import Opportunity, Pipeline, Stage
from kundenkreis.kernel import clock, events, store
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.bulk.changes import names_of

pytestmark = pytest.mark.django_db(databases=CRM)

OPPORTUNITY = named("opportunity")


@pytest.fixture(autouse=True)
def pipeline() -> Pipeline:
    return commands.ship_pipeline(actor=SYSTEM)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was published, in order."""
    heard: list[object] = []
    for kind in (OpportunityMoved, OpportunityWon, OpportunityLost):
        handlers = [*events.ON.get(events.name_of(kind), []), heard.append]
        monkeypatch.setitem(events.ON, events.name_of(kind), handlers)
    return heard


def stage(slug: str) -> Stage:
    return Stage.objects.get(slug=slug)


def make_opportunity(**values: object) -> Opportunity:
    given = {"title": "Lasermesskopf", "value_minor": 1840000, **values}
    return commands.create_opportunity(actor=ANNA, **given)  # type: ignore[arg-type]


def move(opportunity: Opportunity, slug: str, actor: object = ANNA, **values: str) -> Opportunity:
    return commands.move_opportunity(
        actor=actor,  # type: ignore[arg-type]
        opportunity_id=opportunity.pk,
        stage_id=stage(slug).pk,
        **values,
    )


def test_it_ships_one_pipeline_however_often_it_is_asked(pipeline: Pipeline) -> None:
    assert commands.ship_pipeline(actor=SYSTEM) == pipeline
    labels = [one.label for one in queries.stages_of(pipeline.pk)]
    assert labels[0] == {"de": "Neu", "en": "New"}
    assert len(labels) == 6


def test_it_starts_an_opportunity_in_the_first_open_stage() -> None:
    with clock.freeze("2026-11-20T23:30:00Z"):  # 21 November in Berlin
        opportunity = make_opportunity()
    assert opportunity.stage == stage("new")
    assert (opportunity.owner_id, opportunity.opened_on) == (ANNA.user_id, date(2026, 11, 21))


def test_it_does_not_start_a_won_opportunity() -> None:
    with pytest.raises(DomainError) as refused:
        make_opportunity(stage=stage("won"))
    assert refused.value.field == "stage"
    assert not Opportunity.objects.exists()


def test_it_closes_what_is_won_and_tells_everybody(told: list[object]) -> None:
    person = people.create_person(actor=ANNA, last_name="Weiß")
    opportunity = make_opportunity(person=person)
    with clock.freeze("2026-11-21T12:00:00Z"):
        won = move(opportunity, "won")
    assert (won.closed_on, won.stage_since) == (date(2026, 11, 21), won.changed_at)
    assert told == [
        OpportunityMoved(won.pk, stage("new").pk, stage("won").pk, won.stage_since),
        OpportunityWon(won.pk, date(2026, 11, 21), 1840000, "EUR"),
    ]
    kinds = list(TimelineEntry.objects.order_by("id").values_list("kind", "person_id"))
    assert kinds == [("opportunity", person.pk), ("opportunity_won", person.pk)]


def test_it_asks_why_an_opportunity_was_lost(told: list[object]) -> None:
    opportunity = make_opportunity()
    with pytest.raises(DomainError) as refused:
        move(opportunity, "lost", lost_reason="  ")
    assert refused.value.field == "lost_reason"
    opportunity.refresh_from_db()
    assert opportunity.stage == stage("new")
    assert told == []
    lost = move(opportunity, "lost", lost_reason="Preis")
    assert (lost.lost_reason, lost.closed_on is None) == ("Preis", False)
    assert isinstance(told[-1], OpportunityLost)


def test_whoever_changes_many_or_by_a_program_says_why_they_were_lost_too() -> None:
    opportunities = [make_opportunity(), make_opportunity()]
    assert "lost_reason" in names_of(OPPORTUNITY, ANNA)
    lost = {"stage": stage("lost"), "lost_reason": "Preis"}
    with store.group(Side.CRM):
        done = write.change_many(OPPORTUNITY, ANNA, [(one, lost) for one in opportunities])
    assert done == [True, True]
    kept = Opportunity.objects.values_list("stage__slug", "lost_reason")
    assert list(kept) == [("lost", "Preis")] * 2


def test_a_reason_is_corrected_as_long_as_it_is_lost_and_stays_given() -> None:
    opportunity = make_opportunity()
    said = {"lost_reason": "Preiß"}
    with pytest.raises(DomainError) as refused:
        write.change(OPPORTUNITY, ANNA, opportunity.pk, None, said)
    assert refused.value.field == "lost_reason"
    with pytest.raises(DomainError):
        write.change(OPPORTUNITY, ANNA, opportunity.pk, None, said | {"stage": stage("won")})
    write.change(OPPORTUNITY, ANNA, opportunity.pk, None, said | {"stage": stage("lost")})
    write.change(OPPORTUNITY, ANNA, opportunity.pk, None, {"lost_reason": " Preis "})
    opportunity.refresh_from_db()
    assert (opportunity.stage, opportunity.lost_reason) == (stage("lost"), "Preis")
    with pytest.raises(DomainError):
        write.change(OPPORTUNITY, ANNA, opportunity.pk, None, {"lost_reason": ""})
    write.change(
        OPPORTUNITY, ANNA, opportunity.pk, None, {"stage": stage("new"), "lost_reason": ""}
    )
    opportunity.refresh_from_db()
    assert (opportunity.stage, opportunity.lost_reason) == (stage("new"), "")


def test_it_opens_a_closed_opportunity_again() -> None:
    opportunity = make_opportunity()
    move(opportunity, "lost", lost_reason="Preis")
    again = move(opportunity, "quote")
    assert (again.closed_on, again.lost_reason) == (None, "")


def test_it_says_nothing_when_nothing_moves(told: list[object]) -> None:
    opportunity = make_opportunity()
    move(opportunity, "new")
    assert told == []
    assert opportunity.version == 1


def test_it_keeps_an_opportunity_in_its_pipeline() -> None:
    with store.group(Side.CRM, "test"):
        other = store.create(SYSTEM, Pipeline, slug="service", label={"en": "Service"})
        strange = store.create(SYSTEM, Stage, pipeline=other, slug="open", label={"en": "Open"})
    opportunity = make_opportunity()
    with pytest.raises(DomainError):
        commands.move_opportunity(actor=ANNA, opportunity_id=opportunity.pk, stage_id=strange.pk)
    with pytest.raises(NotFound):
        commands.move_opportunity(actor=ANNA, opportunity_id=opportunity.pk, stage_id=999_999)


def test_it_moves_for_those_only_whose_right_reaches_it() -> None:
    ours, theirs = make_opportunity(team_id=1), make_opportunity(team_id=2)
    assert move(ours, "quote", BEN).stage == stage("quote")
    for actor, opportunity in ((BEN, theirs), (CARLA, ours)):
        with pytest.raises(NotAllowed):
            move(opportunity, "won", actor)
    assert not Opportunity.objects.filter(stage__slug="won").exists()


def test_it_changes_the_stage_by_the_same_rule_when_it_is_edited_in_place() -> None:
    opportunity = make_opportunity()
    with pytest.raises(DomainError):
        commands.change_opportunity(
            actor=ANNA, opportunity_id=opportunity.pk, stage=stage("lost"), title="Neu"
        )
    opportunity.refresh_from_db()
    assert opportunity.title == "Lasermesskopf"  # all or nothing
    with pytest.raises(Conflict):
        commands.change_opportunity(
            actor=ANNA, opportunity_id=opportunity.pk, version=7, title="Neu"
        )


@pytest.mark.parametrize("shown", [10, 1])
def test_it_adds_up_open_opportunities_in_the_currency_with_most_of_them(shown: int) -> None:
    firm = people.create_organisation(actor=ANNA, name="Bergmann")
    make_opportunity(organisation=firm)
    make_opportunity(organisation=firm, value_minor=100, currency="USD")
    move(make_opportunity(organisation=firm), "won")
    found = queries.open_sales(ANNA, firm, shown)
    assert (found.count, found.value.minor, found.value.currency) == (2, 1840000, "EUR")
    assert len(found.next) == min(shown, 2)
