"""Fields that are worked out from others, and stored: they follow whatever is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.records import PERSON
from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.resolution import resolve
from kundenkreis.kernel import audit, clock, store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.jobs import runner, schedule
from kundenkreis.kernel.models import AuditEntry, RemovedRow
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import jobs, named, testing, working, write
from kundenkreis.records.bulk import running
from kundenkreis.records.custom import defining, definitions, formulas, work
from kundenkreis.records.exchange.exporting import csv_file, export
from kundenkreis.records.fields import info
from kundenkreis.records.forms import form_names
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.models import FieldDefinition, FieldWork
from kundenkreis.records.page import facts
from kundenkreis.records.past.as_of import facts_at
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=BOTH)


def field(label: str, sort: str = "number", **values: Any) -> FieldDefinition:
    return defining.create_field(actor=ANNA, kind=PERSON, type=sort, label={"en": label}, **values)


def formula(label: str, text: str, places: int = 2, **values: Any) -> FieldDefinition:
    return field(label, "formula", options={"formula": text, "places": places}, **values)


def person(**values: Any) -> Person:
    made: Person = write.create(PERSON, ANNA, {"last_name": "Kern", **values})
    return made


def again(record: Person) -> Person:
    return Person.objects.get(pk=record.pk)


def run_jobs() -> None:
    with clock.freeze(clock.now() + timedelta(seconds=2)) as now:
        for _turn in range(5):
            runner.run_due(Side.CRM)
            now.advance(seconds=1)


@pytest.fixture
def half() -> FieldDefinition:
    field("Size")
    return formula("Half", "[Size] / 2", filterable=True)


def test_it_follows_every_write_and_nobody_writes_to_it(half: FieldDefinition) -> None:
    made = person(custom__size=Decimal(7))
    assert made.custom == again(made).custom == {"size": 7, "half": 3.5}

    write.change(PERSON, ANNA, made.pk, None, {"custom__size": Decimal(8)})
    assert again(made).custom["half"] == 4
    write.change(PERSON, ANNA, made.pk, None, {"custom__size": None})
    assert again(made).custom == {}

    assert half.name not in form_names(PERSON, ANNA)
    assert not info(Person, half.name).changeable
    with pytest.raises(DomainError, match="formula"):
        write.change(PERSON, ANNA, made.pk, None, {half.name: Decimal(1)})


def test_it_is_shown_sorted_and_filtered_by_like_any_other_field(half: FieldDefinition) -> None:
    made = [person(last_name=name, custom__size=size) for name, size in (("A", 2), ("B", 1))]
    shown = [fact for group in facts.sections(PERSON, ANNA, made[0]) for fact in group["facts"]]
    found = listing(PERSON, ANNA, QueryDict(f"sort={half.name}"), "/")

    assert ("Half", "1") in [(fact.label, str(fact.value)) for fact in shown]
    assert ["B" in row for row in found.rows] == [True, False]
    assert list(Person.objects.filter(custom__half=Decimal("0.5"))) == [made[1]]


def test_records_that_are_there_are_worked_out_by_the_worker() -> None:
    field("Size")
    made = [person(custom__size=Decimal(n)) for n in range(30)]
    half = formula("Half", "[Size] / 2")

    assert again(made[4]).custom == {"size": 4}
    run_jobs()
    assert [again(one).custom.get("half") for one in made] == [n / 2 for n in range(30)]
    assert {again(one).version for one in made} == {1}

    defining.change_field(
        actor=ANNA, kind=PERSON, pk=half.pk, options={"formula": "[Size] * 3", "places": 0}
    )
    run_jobs()
    assert again(made[4]).custom["half"] == 12
    assert {work.state for work in FieldWork.objects.using("default")} == {"done"}


def test_formulas_of_formulas_are_worked_out_in_order_and_never_in_a_circle() -> None:
    field("Size")
    half = formula("Half", "[Size] / 2")
    formula("A quarter", "[Half] / 2")
    formula("Label", 'if([A quarter] > 1; upper([Last name]); "small")')

    assert person(custom__size=8).custom == {
        "size": 8, "half": 4, "a_quarter": 2, "label": "KERN",
    }  # fmt: skip
    with pytest.raises(DomainError, match="itself"):
        defining.change_field(
            actor=ANNA, kind=PERSON, pk=half.pk,
            options={"formula": "[A quarter] * 2", "places": 2},
        )  # fmt: skip


def test_it_uses_labels_and_keeps_names(half: FieldDefinition) -> None:
    assert half.options == {
        "formula": "[custom__size] / 2",
        "places": 2,
        "result": "number",
        "currency": "",
    }
    with translation.override("en"):
        assert formulas.settled(PERSON, "[Nachname]")["formula"] == "[last_name]"
    size = definitions.find(Person, "custom__size")
    assert size is not None
    defining.change_field(actor=ANNA, kind=PERSON, pk=size.pk, label={"en": "Weight"})
    assert formulas.shown(PERSON, half.options["formula"]) == "[Weight] / 2"


def test_what_a_formula_needs_cannot_go_or_become_something_else(half: FieldDefinition) -> None:
    size = definitions.find(Person, "custom__size")
    assert size is not None
    defining.archive_field(actor=ANNA, kind=PERSON, pk=size.pk, archived=True)
    with pytest.raises(DomainError, match="Half"):
        defining.remove_field(actor=ANNA, kind=PERSON, pk=size.pk)

    price = field("Price", "money", options={"currency": "EUR"})
    field("Cost", "money", options={"currency": "EUR"})
    margin = formula("Margin", "[Price] - [Cost]")
    with pytest.raises(DomainError, match="Margin"):
        defining.change_field(actor=ANNA, kind=PERSON, pk=price.pk, options={"currency": "USD"})
    with pytest.raises(DomainError, match="another type"):
        defining.change_field(
            actor=ANNA, kind=PERSON, pk=margin.pk, options={"formula": "[Price] > [Cost]"}
        )


def test_money_is_worked_out_in_major_and_kept_in_minor_units() -> None:
    field("Price", "money", options={"currency": "EUR"})
    net = formula("Net", "[Price] / 1,19")

    made = person(custom__price=1000)
    assert made.custom["net"] == 840
    assert str(info(Person, net.name).value(made).amount) == "8.40"


def test_whoever_may_not_see_a_part_sees_nothing_of_what_is_made_of_it(
    half: FieldDefinition,
) -> None:
    formula("A quarter", "[Half] / 2", filterable=True)
    free = formula("Free", "1 + 1")
    person(custom__size=Decimal(4444))
    blind = replace(ANNA, hidden={"crm.person": frozenset({"custom__size"})})

    def told(viewer: Any) -> list[str]:
        record = PERSON.one(viewer, Person.objects.get().pk)
        shown = [
            fact for group in facts.sections(PERSON, viewer, record) for fact in group["facts"]
        ]
        lists = [
            listing(PERSON, viewer, QueryDict(f"columns={name}&sort={name}"), "/")
            for name in ("custom__half", "custom__a_quarter")
        ]
        return [
            str([(fact.label, str(fact.value)) for fact in shown]),
            *(str(list(found.rows)) for found in lists),
            str([record.custom, record.custom__half, record.custom__a_quarter]),
            str([line for step in steps(PERSON, viewer, record)[0] for line in step.lines]),
        ]

    assert not any("2222" in text or "2,222" in text or "1,111" in text for text in told(blind))
    assert PERSON.sees(blind, free.name)
    narrowed = listing(PERSON, blind, QueryDict("custom__half=2222"), "/")
    assert narrowed.count == 1  # the filter is not there for them
    control = told(replace(ANNA, hidden={"crm.person": frozenset({free.name})}))
    assert sum("2,222" in text or "2222" in text for text in control) >= 3


def test_undo_restore_and_a_change_of_many_work_it_out_too(half: FieldDefinition) -> None:
    made = person(custom__size=Decimal(2))
    write.change(PERSON, ANNA, made.pk, None, {"custom__size": Decimal(6)})
    entry = audit.latest(Side.CRM, reference(made), 1)[0]
    assert set(entry.change.fields) == {"custom__size"}  # it follows from what is audited
    undo(ANNA, Side.CRM, entry.batch)
    assert again(made).custom == {"size": 2, "half": 1}

    with store.group(Side.CRM):
        write.change_many(PERSON, ANNA, [(again(made), {"custom__size": Decimal(10)})])
    assert again(made).custom["half"] == 5

    write.remove(PERSON, ANNA, made.pk)
    defining.change_field(
        actor=ANNA, kind=PERSON, pk=half.pk, options={"formula": "[Size] * 2", "places": 2}
    )
    undo(ANNA, Side.CRM, RemovedRow.objects.using("default").get(root=True).batch)
    assert again(made).custom == {"size": 10, "half": 20}


VALUES = st.none() | st.integers(-50, 50).map(Decimal)
WRITES = st.lists(
    st.dictionaries(st.sampled_from(["custom__a", "custom__b"]), VALUES, min_size=1), max_size=6
)


@pytest.fixture
def chain() -> Person:
    field("A")
    field("B")
    formula("Share", "[A] / [B]", 4)
    formula("Verdict", 'if([Share] > 2; "large"; if(empty([Share]); "open"; "small"))')
    return person()


@given(WRITES)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_any_writes_there_is_nothing_left_to_work_out(
    chain: Person, writes: list[dict[str, Any]]
) -> None:
    for values in writes:
        write.change(PERSON, ANNA, chain.pk, None, values)
    stored = again(chain)
    a, b = stored.custom.get("a"), stored.custom.get("b")

    with store.group(Side.CRM):
        assert store.recompute(Person, [chain.pk]) == 0
    if writes:
        assert stored.custom.get("share") == (round(a / b, 4) if a is not None and b else None)


def test_control_what_went_past_the_door_is_noticed(half: FieldDefinition) -> None:
    made = person(custom__size=Decimal(2))
    Person.objects.filter(pk=made.pk).update(custom={"size": 2, "half": 7})
    with store.group(Side.CRM):
        assert store.recompute(Person, [made.pk]) == 1
    assert again(made).custom["half"] == 1


def test_files_show_it_and_take_nothing_of_it_back(half: FieldDefinition) -> None:
    person(custom__size=Decimal(6))
    view = QueryDict(f"columns=name,custom__size,{half.name}")
    text = "".join(csv_file(export(PERSON, ANNA, view, "csv")))
    line = text.splitlines()[1]
    sign = ";" if ";" in line else ","
    number, name, size, shown, *mark = line.split(sign)
    assert (size, shown) == ("6", "3")

    edited = f"{text.splitlines()[0]}\n{sign.join([number, name, '8', '99', *mark])}\n"
    done = testing.ran(PERSON, testing.brought(PERSON, edited))

    assert testing.counts(done) == {"changed": 1}
    assert Person.objects.get().custom == {"size": 8, "half": 4}


def test_the_other_side_has_formulas_too() -> None:
    def seen(name: str) -> int:
        with store.group(Side.ENGAGE):
            now = clock.now()
            return resolve("shop", [Sighting(name, "", now)], now)[0].profile_id

    earlier = seen("a")
    defining.create_field(
        actor=ANNA, kind=named("profile"), type="formula", label={"en": "Greeting"},
        options={"formula": 'upper("hi")', "places": 0},
    )  # fmt: skip
    run_jobs()
    later = seen("b")

    known = dict(Profile.objects.values_list("pk", "custom"))
    assert known == {earlier: {"greeting": "HI"}, later: {"greeting": "HI"}}


def test_amounts_and_numbers_that_are_worked_out_are_added_up_below_a_list() -> None:
    field("Size")
    field("Budget", "money", options={"currency": "EUR"})
    half, share = formula("Half", "[Size] / 2"), formula("Share", "[Budget] * 0,1", currency="EUR")
    for size, budget in ((3, 100_050), (4, 200_000)):
        person(custom__size=Decimal(size), custom__budget=budget)
    names = ("custom__size", "custom__budget", half.name, share.name)
    with translation.override("de"):
        found = listing(PERSON, ANNA, QueryDict(f"columns=name,{','.join(names)}"), "/")
        total = found.figures.total
        assert total is not None
        said = {name: one.texts() for name, one in total.added.items()}
    assert said == {
        "custom__size": ["7"],
        "custom__budget": ["3.000,50\N{NO-BREAK SPACE}€"],
        "custom__half": ["3,5"],
        "custom__share": ["300,05\N{NO-BREAK SPACE}€"],
    }


def until_idle() -> None:
    for _turn in range(5):
        runner.run_due(Side.CRM)


def test_what_is_made_of_today_is_worked_out_anew_when_the_companys_day_begins() -> None:
    field("Start", "date")
    age = formula("Age", "days([Start]; today())", places=0)
    formula("Old", 'if([Age] > 2; "old"; "new")')
    late = "2026-11-27T22:59:00+00:00"  # a minute before midnight in Berlin
    with clock.freeze(late) as now:
        made = [person(custom__start=date(2026, 11, 25)) for _n in range(3)]
        schedule.enqueue_due(Side.CRM)
        until_idle()
        assert {again(one).custom[age.key] for one in made} == {2}
        assert {again(one).custom["old"] for one in made} == {"new"}
        schedule.enqueue_due(Side.CRM)
        now.advance(seconds=61)
        until_idle()
        now.advance(seconds=2)
        until_idle()
        assert {again(one).custom[age.key] for one in made} == {3}
        assert {again(one).custom["old"] for one in made} == {"old"}
        assert {again(one).version for one in made} == {1}
        entries = AuditEntry.objects.using("default").filter(target=reference(made[0]))
        assert entries.count() == 1  # nobody changed anything
        assert age.name not in {fact.label for fact in facts_at(PERSON, ANNA, made[0], clock.now())}


def test_work_of_yesterday_that_is_not_done_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    field("Start", "date")
    age = formula("Age", "days([Start]; heute())", places=0)
    monkeypatch.setattr(running, "FIRST", 1)
    monkeypatch.setattr(running, "PIECE", 1)
    with clock.freeze("2026-11-27T22:30:00+00:00") as now:
        made = [person(custom__start=date(2026, 11, 25)) for _n in range(4)]
        with store.group(Side.CRM):
            work.compute(PERSON, jobs.go_on_with_field)
        begun = FieldWork.objects.using("default").latest("id")
        assert working.go_on(Side.CRM, begun.pk, turn=0, model=FieldWork)  # killed after a piece
        now.advance(hours=1)
        assert work.compute_of_the_day(Side.CRM, jobs.go_on_with_field) == 1
        now.advance(seconds=2)
        until_idle()
    assert [again(one).custom[age.key] for one in made] == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("at", "midnight"),
    [
        ("2026-11-27T12:00:00+00:00", "2026-11-27T23:00:00+00:00"),
        ("2026-11-27T23:00:00+00:00", "2026-11-28T23:00:00+00:00"),
        ("2026-03-28T23:30:00+00:00", "2026-03-29T22:00:00+00:00"),  # the clocks go forward
        ("2026-10-24T22:30:00+00:00", "2026-10-25T23:00:00+00:00"),  # and back
    ],
)
def test_the_companys_day_begins_at_its_midnight(at: str, midnight: str) -> None:
    assert schedule.midnight_after(datetime.fromisoformat(at)).isoformat() == midnight
