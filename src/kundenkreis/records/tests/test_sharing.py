"""A shared record is reached like an own one, by whom it is shared with and as long as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import clock, sharing, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.models import Share
from kundenkreis.kernel.sharing import SharedWith
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.records import directory, named, write
from kundenkreis.records.bulk.changes import Change
from kundenkreis.records.lists.grid import Grid, grid_columns
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.lists.rows import rows_of
from kundenkreis.records.page.sharing import end_share, may_share, share, shares_of
from kundenkreis.records.search.finding import suggestions
from kundenkreis.web.shell.palette import records

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")
STAFF = [(2, "Ben"), (3, "Carla")]


@pytest.fixture(autouse=True)
def _staff(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(choices: list[tuple[int, str]]) -> directory.Lookup:
        return directory.Lookup(lambda _ids: dict(choices), lambda _viewer, _right: choices)

    monkeypatch.setitem(directory.LOOKUPS, "owner_id", lookup(STAFF))
    monkeypatch.setitem(directory.LOOKUPS, "team_id", lookup([(5, "Innendienst")]))


@pytest.fixture
def person() -> Person:
    return people.create_person(actor=ANNA, last_name="Weiß", team_id=9)


def own_only(user_id: int = 2, *teams: int, **levels: Level) -> Viewer:
    """Somebody who works with their own persons; loaded as a request would."""
    grants = {f"crm.person.{action}": Level.OWN for action in ("read", "change", "remove")}
    grants |= {f"crm.person.{action}": level for action, level in levels.items()}
    return Viewer(
        name="Ben", user_id=user_id, team_ids=frozenset(teams), grants=MappingProxyType(grants),
        shares=SharedWith(user_id, teams),
    )  # fmt: skip


def seen(viewer: Viewer) -> tuple[int, int, int, int]:
    """How many they see in the list, find by the list's search, by a field, and in the palette."""
    return (
        listing(PERSON, viewer, QueryDict(), "/").count,
        listing(PERSON, viewer, QueryDict("q=weiss"), "/").count,
        len(suggestions(PERSON, viewer, "weiss")),
        len(records(viewer, "weiss")),
    )


def test_it_lets_somebody_read_one_record_and_no_other(person: Person) -> None:
    people.create_person(actor=ANNA, last_name="Weiß", first_name="Karl")
    assert seen(own_only()) == (0, 0, 0, 0)
    share(PERSON, ANNA, person.pk, level="read", user_id=2)
    assert seen(own_only()) == (1, 1, 1, 1)
    assert seen(own_only(3)) == (0, 0, 0, 0)
    with pytest.raises(NotAllowed):
        write.change(PERSON, own_only(), person.pk, None, {"source": "x"})


def test_it_lets_somebody_change_it_but_not_delete_it(person: Person) -> None:
    share(PERSON, ANNA, person.pk, level="change", user_id=2)
    write.change(PERSON, own_only(), person.pk, None, {"source": "x"})
    with pytest.raises(NotAllowed):
        write.remove(PERSON, own_only(), person.pk)


def test_it_reaches_the_members_of_a_team(person: Person) -> None:
    share(PERSON, ANNA, person.pk, level="read", team_id=5)
    assert seen(own_only(2, 5)) == (1, 1, 1, 1)
    assert seen(own_only(2, 6)) == (0, 0, 0, 0)


def test_a_share_is_no_right_to_such_records_at_all(person: Person) -> None:
    share(PERSON, ANNA, person.pk, level="change", user_id=2)
    nobody = own_only(read=Level.NONE, change=Level.NONE)
    assert seen(nobody) == (0, 0, 0, 0)
    assert not nobody.covers("crm.person.change", person)
    assert not own_only().covers("crm.organisation.change", person)


def test_it_ends_with_its_last_day(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime(2026, 11, 21, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: day)
    share(PERSON, ANNA, person.pk, level="change", user_id=2, until=date(2026, 11, 21))
    with pytest.raises(DomainError):
        share(PERSON, ANNA, person.pk, level="read", user_id=3, until=date(2026, 11, 20))
    assert seen(own_only())[0] == 1
    monkeypatch.setattr(clock, "now", lambda: day.replace(day=22))
    assert seen(own_only()) == (0, 0, 0, 0)
    assert not own_only().covers("crm.person.change", person)
    assert [one.over for one in shares_of(PERSON, person)] == [True]


def test_taken_back_it_is_gone_with_the_next_request(person: Person) -> None:
    made = share(PERSON, ANNA, person.pk, level="read", user_id=2)
    with pytest.raises(NotFound):
        end_share(PERSON, ANNA, people.create_person(actor=ANNA, last_name="Kern").pk, made.pk)
    end_share(PERSON, ANNA, person.pk, made.pk)
    assert seen(own_only()) == (0, 0, 0, 0)


def test_sharing_again_replaces_what_was_shared(person: Person) -> None:
    share(PERSON, ANNA, person.pk, level="change", user_id=2)
    share(PERSON, ANNA, person.pk, level="read", user_id=2)
    share(PERSON, ANNA, person.pk, level="read", team_id=5)
    assert [(one.name, one.level) for one in shares_of(PERSON, person)] == [
        ("Ben", "may read"),
        ("Innendienst", "may read"),
    ]


def test_only_whom_the_record_belongs_to_shares_it_on(person: Person) -> None:
    share(PERSON, ANNA, person.pk, level="change", user_id=2)
    ben = own_only()
    assert not may_share(PERSON, ben, person)
    with pytest.raises(NotAllowed):
        share(PERSON, ben, person.pk, level="read", user_id=3)
    with pytest.raises(NotFound):
        share(PERSON, own_only(3), person.pk, level="read", user_id=2)
    assert not may_share(PERSON, replace(ANNA, grants={"crm.*.read": Level.ALL}), person)
    assert may_share(PERSON, ANNA, person)


def test_whoever_has_it_shared_may_not_make_it_their_own(person: Person) -> None:
    share(PERSON, ANNA, person.pk, level="change", user_id=2)
    ben = own_only()
    for taken in ({"owner_id": 2}, {"team_id": 5}):
        with pytest.raises(NotAllowed):
            write.change(PERSON, ben, person.pk, None, taken)
        (refused,) = Change(taken).apply(PERSON, ben, [person])
        assert isinstance(refused, NotAllowed)
    write.change(PERSON, ben, person.pk, None, {"source": "Messe"})
    # What is theirs they give away.
    own = people.create_person(actor=SYSTEM, last_name="Kern", owner_id=2)
    write.change(PERSON, ben, own.pk, None, {"owner_id": 3})


@pytest.mark.parametrize("whom", [{"user_id": 99}, {"team_id": 99}, {}])
def test_it_is_shared_with_somebody_there_is(person: Person, whom: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        share(PERSON, ANNA, person.pk, level="read", **whom)
    assert not store.stored(PERSON.side, Share).exists()


def test_very_many_shares_are_asked_for_instead_of_named(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "NAMED", 2)
    for number in range(4):
        one = people.create_person(actor=SYSTEM, last_name=f"Weiß {number}")
        share(PERSON, ANNA, one.pk, level="change" if number else "read", user_id=2)
    ben = own_only()
    assert ben.shares is not None
    assert isinstance(ben.shares.rows("crm.person", "read"), QuerySet)
    assert seen(ben) == (4, 4, 4, 4)
    one, other = PERSON.rows(ben).order_by("pk")[:2]
    assert not ben.covers("crm.person.change", one)
    assert ben.covers("crm.person.change", other)


def test_a_page_of_very_many_shares_asks_once_not_row_by_row(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "NAMED", 2)
    made = [people.create_person(actor=SYSTEM, last_name=f"Weiß {n}") for n in range(12)]
    for number, one in enumerate(made):
        share(PERSON, ANNA, one.pk, level="change" if number % 2 else "read", user_id=2)
    ben = own_only()
    records = list(PERSON.rows(ben))
    assert ben.shares is not None
    ben.shares.rows("crm.person", "change")  # how many there are is found out once
    with CaptureQueriesContext(connection) as asked:
        reached = PERSON.reached(ben, "change", records)
    assert (sum(reached), len(asked)) == (6, 2)  # one about shares, one about restrictions

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            columns = grid_columns(PERSON, ben, QueryDict())
            grid = Grid(PERSON, ben, columns)
            shown = list(PERSON.rows(ben).order_by("pk")[:count])
            rows = rows_of(PERSON, columns, shown, "", grid)
        assert sum("data-locked" in row for row in rows) == count // 2
        return len(seen)

    assert queries(12) == queries(2)
