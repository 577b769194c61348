"""Who has to be told what is kept about them, until when, and that they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.crm.people import informing
from kundenkreis.crm.people.commands import create_person, create_persons
from kundenkreis.crm.people.models import Informed, Person
from kundenkreis.crm.people.restricting import restrict_person
from kundenkreis.kernel import audit, clock, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, SYSTEM
from kundenkreis.records import named
from kundenkreis.records.merging.commands import merge, unmerge
from kundenkreis.records.models import Merge

pytestmark = pytest.mark.django_db
OWN = Viewer(name="Olga", user_id=7, grants={"crm.person.*": Level.OWN})


def entered(day: str = "2026-01-31", **values: Any) -> Person:
    with clock.freeze(f"{day}T10:00:00+00:00"):
        return create_person(actor=SYSTEM, last_name="Weiß", **values)


def waiting(viewer: Viewer = ANNA) -> set[int]:
    return set(informing.not_informed(viewer).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("values", "article", "due"),
    [
        ({"legal_basis": "consent"}, 13, date(2026, 1, 31)),
        ({"legal_basis": "contract", "source": "Adresshandel"}, 13, date(2026, 1, 31)),
        ({"legal_basis": "interest", "source": "Kontaktformular"}, 13, date(2026, 1, 31)),
        ({"legal_basis": "interest", "source": "Adresshandel"}, 14, date(2026, 2, 28)),
        ({}, 14, date(2026, 2, 28)),
    ],
)
def test_source_and_legal_basis_say_by_which_article_and_until_when(
    values: dict[str, str], article: int, due: date
) -> None:
    found = informing.duty_of(entered(**values))
    assert (found.article, found.due_on) == (article, due)


@pytest.mark.parametrize(
    ("said", "source", "basis", "origin", "article"),
    [
        ("", "Handelsregister", "interest", "public", 14),
        ("", "LinkedIn", "interest", "public", 14),
        ("", "Adresshandel", "interest", "other", 14),
        ("", "Messe Hannover", "interest", "self", 13),
        ("", "Adresshandel", "contract", "self", 13),
        ("other", "Messe Hannover", "interest", "other", 14),
        ("self", "Adresshandel", "interest", "self", 13),
    ],
)
def test_how_data_came_in_is_kept_as_said_or_as_proposed(
    said: str, source: str, basis: str, origin: str, article: int
) -> None:
    person = entered(source=source, legal_basis=basis, origin=said)
    assert person.origin == origin
    assert informing.article_of(person) == article


def test_whom_nobody_said_it_of_before_is_told_by_source_and_legal_basis() -> None:
    person = entered(source="Messe", legal_basis="interest")
    Person.objects.filter(pk=person.pk).update(origin="")
    person.refresh_from_db()
    assert informing.article_of(person) == 13


def test_who_may_not_set_how_data_came_in_enters_people_all_the_same() -> None:
    locked = replace(ANNA, locked={"crm.person": frozenset({"origin"})})
    assert create_person(actor=locked, last_name="Weiß", source="Messe").origin == ""


@given(entry=st.dates(date(2025, 1, 1), date(2028, 12, 31)), ahead=st.integers(0, 40))
def test_those_whose_month_ends_are_found_by_the_day_on_which_it_does(
    entry: date, ahead: int
) -> None:
    day = entry + timedelta(days=ahead)
    person = Person(origin="other", created_at=datetime.combine(entry, time(12), UTC))
    assert (informing._last_day_due(day) >= entry) is (informing.duty_of(person).due_on <= day)


def test_those_who_have_to_be_told_soon_are_whoever_is_late_or_nearly() -> None:
    nearly = entered("2026-02-03", source="Liste")
    entered("2026-02-20", source="Liste")
    at_once = entered("2026-02-27", source="Messe")
    told = entered("2026-01-02", source="Liste")
    informing.note_informed(actor=ANNA, person_ids=[told.pk], how="letter")
    found = informing.due_until(ANNA, date(2026, 3, 7)).values_list("pk", flat=True)
    assert set(found) == {nearly.pk, at_once.pk}


def test_the_first_contact_ends_the_month() -> None:
    person = entered()
    person.contacted_on = date(2026, 2, 10)
    assert informing.duty_of(person).due_on == date(2026, 2, 10)
    person.contacted_on = date(2025, 12, 1)  # before they were entered: at once
    assert informing.duty_of(person).due_on == date(2026, 1, 31)
    person.legal_basis = "contract"
    assert informing.duty_of(person).due_on == date(2026, 1, 31)


def test_whoever_is_entered_by_hand_or_file_waits_until_it_is_noted() -> None:
    by_hand = entered()
    rows = [{"last_name": "Datei", "source": "Liste", "legal_basis": "interest"}]
    (by_file,) = create_persons(actor=ANNA.through("import"), rows=rows)
    assert isinstance(by_file, Person)
    create_person(actor=SYSTEM, last_name="Tot", ended="deceased")
    assert waiting() == {by_hand.pk, by_file.pk}
    count = informing.note_informed(
        actor=ANNA, person_ids=[by_hand.pk, by_file.pk], how="letter", on=date(2026, 2, 1)
    )
    assert (count, waiting()) == (2, set())
    told = Informed.objects.get(person=by_hand)
    entry = audit.latest(Side.CRM, f"crm.informed:{told.pk}", 1)[0]
    assert (entry.actor, entry.change.fields["how"]) == (ANNA.reference, [None, "letter"])
    assert informing.note_informed(actor=ANNA, person_ids=[by_hand.pk], how="email") == 0
    informing.forget_informed(actor=ANNA, person_id=by_hand.pk)
    assert waiting() == {by_hand.pk}


def test_only_whom_one_may_read_waits_and_only_whom_one_may_change_is_noted() -> None:
    own, other = entered(owner_id=7), entered()
    assert waiting(OWN) == {own.pk}
    assert informing.note_informed(actor=OWN, person_ids=[own.pk], how="spoken") == 1
    for actor in (OWN, BEN):
        with pytest.raises(NotAllowed):
            informing.note_informed(actor=actor, person_ids=[other.pk], how="spoken")
    with pytest.raises(NotFound):
        informing.note_informed(actor=ANNA, person_ids=[other.pk, 10**9], how="spoken")
    restrict_person(actor=ANNA, person_id=other.pk, reason="contested")
    with pytest.raises(DomainError, match="restricted"):
        informing.note_informed(actor=ANNA, person_ids=[other.pk], how="spoken")
    assert Informed.objects.count() == 1


def test_exceptions_need_a_reason_and_hold_only_for_data_from_elsewhere() -> None:
    elsewhere, themselves = entered(source="Liste"), entered(legal_basis="contract")
    for people, how, more, text in (
        ([elsewhere.pk], "effort", {}, "Say why"),
        ([elsewhere.pk, themselves.pk], "law", {"note": "§ 1"}, "does not hold"),
        ([elsewhere.pk], "nonsense", {}, "Choose how"),
        ([elsewhere.pk], "letter", {"on": date(2999, 1, 1)}, "still to come"),
        (range(informing.AT_ONCE + 1), "letter", {}, "Up to"),
    ):
        with pytest.raises(DomainError, match=text):
            informing.note_informed(actor=ANNA, person_ids=people, how=how, **more)  # type: ignore[arg-type]
    assert informing.note_informed(
        actor=ANNA, person_ids=[elsewhere.pk], how="effort", note="20,000 addresses without names"
    ) == 1  # fmt: skip
    assert informing.note_informed(actor=ANNA, person_ids=[themselves.pk], how="known") == 1


def test_of_two_that_become_one_it_is_known_that_they_were_told() -> None:
    kept, gone = entered(), entered()
    informing.note_informed(actor=ANNA, person_ids=[gone.pk], how="email")
    merge(actor=ANNA, kind=named("person"), kept_id=kept.pk, gone_id=gone.pk)
    assert waiting() == set()
    row = store.stored(Side.CRM, Merge).get()
    unmerge(actor=ANNA, kind=named("person"), merge_id=row.pk)
    assert waiting() == {kept.pk}
