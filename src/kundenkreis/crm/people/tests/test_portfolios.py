from __future__ import annotations

from datetime import timedelta

import pytest

from kundenkreis.crm.people import commands, queries
from kundenkreis.crm.people.models import Organisation, Person, Portfolio
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records import named, write

pytestmark = pytest.mark.django_db(databases=CRM)


def make_person(name: str, **values: object) -> Person:
    return commands.create_person(actor=ANNA, last_name=name, **values)


def portfolio(days: int = 90) -> Portfolio:
    made: Portfolio = write.create(
        named("portfolio"), ANNA, {"name": "Stammkunden", "visit_days": days}
    )
    return made


def called(person: Person, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    add_activity(actor=ANNA, about=person, kind="call", text="Angerufen", at=at)


def test_the_last_contact_follows_what_happened_also_for_the_organisation() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    person = make_person("Weiß", organisation=firm)
    called(person, 10)
    called(person, 3)
    add_activity(actor=ANNA, about=person, text="Nur eine Notiz")
    day = (clock.now() - timedelta(days=3)).date()
    assert abs((Person.objects.get().contacted_on - day).days) <= 1
    assert Organisation.objects.get().contacted_on == Person.objects.get().contacted_on


def test_the_last_contact_is_the_one_before_when_a_call_is_taken_back() -> None:
    person = make_person("Weiß")
    called(person, 10)
    before = Person.objects.get().contacted_on
    called(person, 3)
    newest = person.activities.order_by("-at")[0]
    write.remove(named("activity"), ANNA, newest.pk)
    assert Person.objects.get().contacted_on == before


def test_a_meeting_that_is_planned_is_no_contact_yet() -> None:
    person = make_person("Weiß")
    add_activity(
        actor=ANNA, about=person, kind="meeting", text="Besuch", at=clock.now() + timedelta(days=2)
    )
    assert Person.objects.get().contacted_on is None


def test_a_portfolio_shows_who_waits_longest() -> None:
    mine = portfolio(days=30)
    for name, ago in (("Neulich", 5), ("Lange", 40), ("Länger", 60)):
        called(make_person(name, portfolio=mine), ago)
    make_person("Nie", portfolio=mine)
    make_person("Fremd")
    waiting = queries.waiting_in(ANNA, mine)
    assert [str(one.record) for one in waiting] == ["Nie", "Länger", "Lange"]
    assert queries.waiting_in(CARLA, mine) == []
