"""Requests of persons: the clock of Art. 12(3), the answer that is proof, and who may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection import commands, deadlines, queries
from kundenkreis.crm.protection.models import DataRequest
from kundenkreis.kernel import audit, clock, forgetting
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM, SYSTEM

pytestmark = pytest.mark.django_db(databases=CRM)
NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.fixture
def person() -> Person:
    return create_person(actor=SYSTEM, last_name="Weiß")


def noted(person: Person, **values: object) -> DataRequest:
    values = {"kind": "access", "identity": "called back", **values}
    return commands.note_request(actor=ANNA, person=person, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2026, 11, 30), date(2026, 12, 30), date(2027, 2, 28)),
        (date(2026, 6, 15), date(2026, 7, 15), date(2026, 9, 15)),
    ],
)
def test_the_clock_is_one_month_of_the_calendar(received: date, due: date, extended: date) -> None:
    assert deadlines.due(received) == due
    assert deadlines.due(received, extended=True) == extended


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_month_is_never_longer_than_the_law_says(day: date) -> None:
    due = deadlines.due(day)
    assert timedelta(days=28) <= due - day <= timedelta(days=31)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == 1


def test_it_has_an_owner_a_next_step_and_a_day(person: Person) -> None:
    with clock.freeze(NOW):
        found = noted(person)
    assert (found.received_on, found.due_on) == (date(2026, 1, 31), date(2026, 2, 28))
    assert (found.owner_id, found.next_step_on) == (ANNA.user_id, date(2026, 2, 18))
    assert found.next_step
    assert queries.open_requests_of(ANNA, person) == [found]


def test_correcting_the_day_it_came_moves_the_end(person: Person) -> None:
    with clock.freeze(NOW):
        found = noted(person)
        commands.change_request(actor=ANNA, datarequest_id=found.pk, received_on=date(2026, 1, 5))
        with pytest.raises(DomainError, match="to come"):
            commands.change_request(
                actor=ANNA, datarequest_id=found.pk, received_on=date(2026, 2, 5)
            )
    found.refresh_from_db()
    assert found.due_on == date(2026, 2, 5)


def test_it_is_extended_once_with_a_reason_and_in_time(person: Person) -> None:
    with clock.freeze(NOW):
        found = noted(person)
        with pytest.raises(DomainError, match="why it takes longer"):
            commands.extend_request(actor=ANNA, datarequest_id=found.pk, reason=" ")
        extended = commands.extend_request(actor=ANNA, datarequest_id=found.pk, reason="40 orders")
        assert (extended.due_on, extended.extended_why) == (date(2026, 4, 30), "40 orders")
        with pytest.raises(DomainError, match="already"):
            commands.extend_request(actor=ANNA, datarequest_id=found.pk, reason="once more")
        late = noted(person)
    with clock.freeze(NOW + timedelta(days=40)), pytest.raises(DomainError, match="too late"):
        commands.extend_request(actor=ANNA, datarequest_id=late.pk, reason="forgotten")


def test_nobody_is_answered_who_may_be_somebody_else(person: Person) -> None:
    found = noted(person, identity="")
    with pytest.raises(DomainError, match="it is them"):
        commands.answer_request(actor=ANNA, datarequest_id=found.pk, answer="sent")
    refused = commands.answer_request(
        actor=ANNA, datarequest_id=found.pk, answer="did not say who they are", refused=True
    )
    assert refused.state == DataRequest.State.REFUSED


def test_an_answer_is_proof_and_stays_as_it_is(person: Person) -> None:
    found = noted(person)
    with pytest.raises(DomainError, match="Write down what"):
        commands.answer_request(actor=ANNA, datarequest_id=found.pk, answer="")
    done = commands.answer_request(actor=ANNA, datarequest_id=found.pk, answer="sent by letter")
    assert (done.state, done.next_step, done.next_step_on) == ("done", "", None)
    assert done.answered_on
    for again in (commands.answer_request, commands.extend_request):
        reason = {"reason": "x"} if again is commands.extend_request else {"answer": "x"}
        with pytest.raises(DomainError, match="settled"):
            again(actor=ANNA, datarequest_id=found.pk, **reason)  # type: ignore[operator]
    with pytest.raises(DomainError, match="settled"):
        commands.change_request(actor=ANNA, datarequest_id=found.pk, wish="something else")
    assert queries.open_requests_of(ANNA, person) == []


def test_every_step_is_audited_and_needs_its_right(person: Person) -> None:
    with pytest.raises(NotAllowed):
        commands.note_request(actor=CARLA, person=person, kind="access")
    found = noted(person)
    for step, said in (
        (commands.answer_request, {"answer": "x"}),
        (commands.extend_request, {"reason": "x"}),
        (commands.change_request, {"wish": "x"}),
    ):
        with pytest.raises(NotAllowed):
            step(actor=CARLA, datarequest_id=found.pk, **said)  # type: ignore[operator]
    commands.extend_request(actor=ANNA, datarequest_id=found.pk, reason="many orders")
    commands.answer_request(actor=ANNA, datarequest_id=found.pk, answer="sent")
    told = audit.latest(Side.CRM, f"crm.datarequest:{found.pk}", 10)
    assert [entry.command.rpartition(".")[2] for entry in told] == [
        "answer_request", "extend_request", "note_request",
    ]  # fmt: skip


def test_a_request_outlives_the_person_it_is_about(person: Person) -> None:
    from kundenkreis.crm.people.commands import remove_person

    found = noted(person)
    remove_person(actor=ANNA, person_id=person.pk)
    found.refresh_from_db()
    assert found.person is None
    assert str(found)


def test_only_what_is_settled_is_forgotten(person: Person) -> None:
    with clock.freeze(NOW):
        done, still = noted(person), noted(person)
        commands.answer_request(actor=ANNA, datarequest_id=done.pk, answer="sent")
    with clock.freeze(NOW.replace(year=2030, day=30)):
        forgetting.forget_rows(Side.CRM, DataRequest)
        assert DataRequest.objects.count() == 2
    with clock.freeze(NOW.replace(year=2030, month=3, day=1)):
        forgetting.forget_rows(Side.CRM, DataRequest)
    assert list(DataRequest.objects.all()) == [still]
