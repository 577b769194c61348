"""Two people change the same record at the same time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named
from kundenkreis.records.page import merging
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.crm.tests.test_editing import seen_in

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def ben(company: Company, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(company.ben)


def test_the_second_sees_both_values_and_who_changed_it_when(
    company: Company, anna: Client, ben: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    seen = seen_in(anna.get(address))
    with clock.freeze("2026-11-21T12:00:00Z"):
        assert ben.post(address, {"last_name": "Erste", "seen": seen}).status_code == 200
    answer = anna.post(address, {"last_name": "Zweite", "seen": seen})
    assert answer.status_code == 422
    assert "Ben changed this meanwhile" in answer.text
    assert '<time datetime="2026-11-21' in answer.text
    assert "<dt>Stored</dt><dd>Erste</dd>" in answer.text
    assert "<dt>Yours</dt><dd>Zweite</dd>" in answer.text
    assert 'value="Zweite"' in answer.text
    assert Person.objects.get().last_name == "Erste"


def test_saving_again_is_a_decision_and_taking_the_stored_value_writes_nothing(
    company: Company, anna: Client, ben: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    seen = seen_in(anna.get(address))
    ben.post(address, {"last_name": "Erste", "seen": seen})
    asked = anna.post(address, {"last_name": "Zweite", "seen": seen})
    taken = anna.post(address, {"last_name": "Zweite", "seen": seen, "take": "last_name"})
    assert '<span class="value">Erste</span>' in taken.text
    assert Person.objects.get().version == 2
    assert anna.post(address, {"last_name": "Zweite", "seen": seen_in(asked)}).status_code == 200
    assert Person.objects.get().last_name == "Zweite"


def test_a_third_change_is_asked_about_again(company: Company, anna: Client, ben: Client) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    seen = seen_in(anna.get(address))
    ben.post(address, {"last_name": "Erste", "seen": seen})
    asked = seen_in(anna.post(address, {"last_name": "Zweite", "seen": seen}))
    ben.post(address, {"last_name": "Dritte", "seen": asked})
    assert "Dritte" in anna.post(address, {"last_name": "Zweite", "seen": asked}).text
    assert Person.objects.get().last_name == "Dritte"


def test_different_facts_merge_without_a_question(
    company: Company, anna: Client, ben: Client
) -> None:
    first = f"/crm/persons/{company.person.pk}/edit/first_name/"
    last = f"/crm/persons/{company.person.pk}/edit/last_name/"
    seen = seen_in(anna.get(last))
    ben.post(first, {"first_name": "Janina", "seen": seen_in(ben.get(first))})
    assert anna.post(last, {"last_name": "Kern", "seen": seen}).status_code == 200
    assert str(Person.objects.get()) == "Janina Kern"


def test_what_both_typed_alike_is_no_question(company: Company, anna: Client, ben: Client) -> None:
    address = f"/crm/organisations/{company.firm.pk}/edit/revenue_minor/"
    seen = seen_in(anna.get(address))
    assert ben.post(address, {"revenue_minor": "2000", "seen": seen}).status_code == 200
    assert anna.post(address, {"revenue_minor": "2,000.00", "seen": seen}).status_code == 200
    assert Organisation.objects.get().version == 2


def test_a_form_that_does_not_say_what_it_showed_overwrites_nothing(
    company: Company, anna: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    for seen in ("", "{", "[]", '"Weiß"'):
        answer = anna.post(address, {"last_name": "Kern", "seen": seen})
        assert answer.status_code == 422
    assert Person.objects.get().last_name == "Weiß"


def test_a_form_of_all_facts_merges_asks_and_keeps_what_was_typed(
    company: Company, anna: Client, ben: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/"
    seen = seen_in(anna.get(address))
    first, last = f"{address}first_name/", f"{address}last_name/"
    ben.post(first, {"first_name": "Janina", "seen": seen_in(ben.get(first))})
    ben.post(last, {"last_name": "Erste", "seen": seen_in(ben.get(last))})
    typed = {"first_name": "Jana", "last_name": "Zweite", "salutation": "Frau"}
    asked = anna.post(address, {**typed, "seen": seen})
    assert asked.status_code == 422
    assert asked.text.count('class="difference"') == 1
    assert 'value="Frau"' in asked.text

    taken = anna.post(address, {**typed, "seen": seen_in(asked), "take": "last_name"})
    assert 'value="Erste"' in taken.text
    assert 'value="Frau"' in taken.text
    assert Person.objects.get().salutation == ""
    saved = anna.post(address, {**typed, "last_name": "Erste", "seen": seen_in(taken)})
    assert saved["Location"] == f"/crm/persons/{company.person.pk}/"
    person = Person.objects.get()
    # The first name that Anna left alone stays what Ben has made of it.
    assert (person.salutation, str(person)) == ("Frau", "Janina Erste")


def test_a_record_in_a_hidden_part_of_the_company_is_no_ones_to_edit(
    company: Company, carla: Client
) -> None:
    assert carla.get(f"/crm/persons/{company.person.pk}/edit/").status_code in (403, 404)


def test_a_change_in_the_very_moment_is_looked_at_anew(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, pk = named("person"), company.person.pk
    before = merging.seen(company.person, ["first_name", "last_name"])
    change = merging.write.change

    def slowly(*args: object, **options: object) -> object:
        monkeypatch.setattr(merging.write, "change", change)
        change(kind, ANNA, pk, None, {"first_name": "Janina"})
        return change(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(merging.write, "change", slowly)
    merged = merging.merge(kind, ANNA, pk, before, {"first_name": "Jana", "last_name": "Kern"})
    assert str(merged) == "Janina Kern"
