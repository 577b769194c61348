"""A related record is shown to whom may read it; to everybody else it looks as if there were none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.order_commands import place_order
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.kernel import access
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.custom.definitions import look_again
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.exchange.exporting import csv_file, export
from kundenkreis.records.lists.filters import read
from kundenkreis.records.lists.listing import Listing, listing
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.page.facts import sections
from kundenkreis.records.registry import TYPES

pytestmark = pytest.mark.django_db(databases=CRM)

SALE, ORDER = named("opportunity"), named("order")


def lines(kind: RecordType, viewer: Viewer, query: str = "") -> Iterator[str]:
    return csv_file(export(kind, viewer, QueryDict(query), "csv"))


def may(viewer: Viewer, **grants: Level) -> Viewer:
    """Somebody with rights to all of some types, and to nothing else."""
    rights = {f"crm.{name}.*": level for name, level in grants.items()}
    return replace(viewer, grants=MappingProxyType(rights))


ALL, TEAM = Level.ALL, Level.TEAM
EVERY = {"opportunity": ALL, "order": ALL}
# All sales; of persons and organisations all, those of the team, or nothing.
ANNAS = may(ANNA, person=ALL, organisation=ALL, **EVERY)
BENS = may(BEN, person=TEAM, organisation=TEAM, **EVERY)
CARLAS = may(CARLA, **EVERY)


@pytest.fixture(autouse=True)
def _as_at_the_start_of_a_request() -> Iterator[None]:
    """What was put together for them in one test is put together anew in the next."""
    for viewer in (ANNAS, BENS, CARLAS):
        viewer.kept.clear()
    yield
    for viewer in (ANNAS, BENS, CARLAS):
        viewer.kept.clear()


@pytest.fixture
def ours() -> Person:
    return make("Weiß", "Bergmann Optik GmbH", 1)


@pytest.fixture
def theirs() -> Person:
    return make("Kanarienvogel", "Kanarienfirma AG", 2)


def make(last_name: str, name: str, team: int) -> Person:
    """A person and an organisation of a team, an opportunity about both, an order of the person."""
    person = people.create_person(actor=SYSTEM, last_name=last_name, team_id=team)
    firm = people.create_organisation(actor=SYSTEM, name=name, team_id=team)
    if not SALE.model._default_manager.exists():
        sales.ship_pipeline(actor=SYSTEM)
    sales.create_opportunity(
        actor=SYSTEM, title=f"Sale {team}", person=person, organisation=firm, team_id=1
    )
    order = NewOrder(
        source="shop", number=f"A{team}", placed_at=datetime(2026, 11, team, tzinfo=UTC),
        person_id=person.pk, net_minor=1, tax_minor=0, gross_minor=1, currency="EUR",
    )  # fmt: skip
    place_order(actor=SYSTEM, order=order)
    return person


def listed(kind: Any, viewer: Viewer, **query: Any) -> Listing:
    return listing(kind, viewer, QueryDict(urlencode(query)), kind.url())


def titles(kind: Any, viewer: Viewer, **query: Any) -> set[str]:
    return {
        str(kind.model._default_manager.get(pk=row.split("/")[3]))
        for row in listed(kind, viewer, **query).rows
    }


def page(kind: Any, viewer: Viewer) -> str:
    """Everything the list, its file and the record pages say."""
    found = listed(kind, viewer)
    texts = [str(row) for row in found.rows]
    texts += lines(kind, viewer)
    for row in found.rows:
        record = kind.one(viewer, int(row.split("/")[3]))
        texts.append(kind.subtitle(record))
        for part in sections(kind, viewer, record):
            texts += [str(fact.value) for fact in part["facts"]]
    return "\n".join(texts)


def everybody_sees_what_they_may() -> None:
    for kind, ours, theirs in ((ORDER, "Weiß", "Kanarienvogel"), (SALE, "Bergmann", "Kanarien")):
        anna, ben, carla = (page(kind, viewer) for viewer in (ANNAS, BENS, CARLAS))
        assert ours in anna
        assert theirs in anna
        assert ours in ben
        assert theirs not in ben
        assert ours not in carla
        assert theirs not in carla
        assert "/crm/persons/" not in carla
        assert "/crm/organisations/" not in carla


def test_lists_files_and_pages_name_only_whom_the_viewer_may_read(
    ours: Person, theirs: Person
) -> None:
    everybody_sees_what_they_may()


def test_a_read_door_that_showed_everybody_would_be_noticed(
    ours: Person, theirs: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "readable", lambda viewer, rows: rows)
    with pytest.raises(AssertionError):
        everybody_sees_what_they_may()


@pytest.mark.parametrize(
    ("viewer", "found"), [(ANNAS, {"Sale 2"}), (BENS, set()), (CARLAS, set())], ids=str
)
def test_nobody_finds_by_a_name_they_may_not_read(
    ours: Person, theirs: Person, viewer: Viewer, found: set[str]
) -> None:
    assert titles(SALE, viewer, q="Kanarienvogel") == found
    assert titles(SALE, viewer, q="Kanarienfirma") == found
    assert titles(SALE, viewer, q="Sale") == {"Sale 1", "Sale 2"}
    assert titles(SALE, BENS, q="Weiß") == titles(SALE, BENS, q="Bergmann") == {"Sale 1"}


def test_a_list_is_sorted_by_a_name_only_for_whom_may_read_all_of_them(
    ours: Person, theirs: Person
) -> None:
    def offered(viewer: Viewer) -> bool:
        heads = listed(SALE, viewer).heads
        return bool(next(head.sort_url for head in heads if head.label == "Organisation"))

    def order(viewer: Viewer, sort: str) -> list[str]:
        return [row.split("/")[3] for row in listed(SALE, viewer, sort=sort).rows]

    assert offered(ANNAS)
    assert order(ANNAS, "organisation") == order(ANNAS, "-organisation")[::-1]
    for viewer in (BENS, CARLAS):
        assert not offered(viewer)
        assert order(viewer, "organisation") == order(viewer, "-organisation")
        # The first line says when the file was made.
        assert (
            list(lines(SALE, viewer, "sort=organisation"))[1:]
            == list(lines(SALE, viewer, "sort=-organisation"))[1:]
        )


@pytest.mark.parametrize(
    ("viewer", "known"), [(ANNAS, {1, 2}), (BENS, {1}), (CARLAS, set())], ids=str
)
def test_a_filter_does_not_tell_whose_a_record_is(
    ours: Person, theirs: Person, viewer: Viewer, known: set[int]
) -> None:
    def where(op: str, **value: int) -> set[str]:
        tree = {"type": "compare", "field": "person", "op": op, **value}
        return titles(SALE, viewer, where=json.dumps({"v": 1, "where": tree}))

    for team, person in ((1, ours), (2, theirs)):
        seen = {f"Sale {team}"} & {f"Sale {one}" for one in known}
        assert titles(SALE, viewer, person=person.pk) == seen
        assert where("is", value=person.pk) == seen
        menus = read(SALE, viewer, QueryDict(f"person={person.pk}"), "/").menus
        assert next(menu.chosen for menu in menus if menu.name == "person") == (
            str(person) if team in known else ""
        )
    assert where("not_empty") == {f"Sale {team}" for team in known}


def test_a_fact_that_is_hidden_cannot_be_changed_unseen(ours: Person, theirs: Person) -> None:
    mine = SALE.model._default_manager.get(person=ours).pk
    other = SALE.model._default_manager.get(person=theirs).pk
    assert Edit(SALE, BENS, mine, ["person"]).form.initial["person"] == ours
    for viewer, pk in ((BENS, other), (CARLAS, mine), (CARLAS, other)):
        with pytest.raises(NotFound):
            Edit(SALE, viewer, pk, ["person"])
    write.change(SALE, CARLAS, other, 1, {"title": "Sale 2, larger"})
    assert SALE.model._default_manager.get(pk=other).person == theirs


@pytest.mark.parametrize("viewer", [ANNAS, BENS, CARLAS], ids=str)
@pytest.mark.parametrize("show", [listed, lambda *of: list(lines(*of))])
def test_a_longer_list_asks_no_more_questions(
    ours: Person, viewer: Viewer, show: Callable[..., Any]
) -> None:
    def asked() -> int:
        look_again()  # else whether the own fields are asked for depends on the time between
        with CaptureQueriesContext(connection) as queries:
            show(SALE, viewer)
        return len(queries)

    few = asked()
    for number in range(30):
        make(f"Kern {number}", f"Werk {number}", 1 + number % 2)
    assert asked() == few


def test_no_type_says_anything_of_records_behind_its_own(ours: Person, theirs: Person) -> None:
    """For each type: whoever may read only that one gets no related record with its rows."""
    for kind in TYPES.values():
        stranger = may(CARLA, **{kind.name: ALL})
        for record in kind.rows(stranger)[:50]:
            for name, other in access.guarded(kind.model).items():
                assert other is kind.model or getattr(record, name) is None, (kind.name, name)


def test_where_a_person_works_is_shown_to_whom_may_read_organisations(
    ours: Person, theirs: Person
) -> None:
    firm = Organisation.objects.get(name__startswith="Kanarien")
    people.create_person(
        actor=SYSTEM, last_name="Kern", organisation=firm, function="Einkauf", team_id=1
    )
    kind = named("person")
    for viewer, shown in ((ANNAS, True), (BENS, False), (may(CARLA, person=ALL), False)):
        assert ("Kanarienfirma" in page(kind, viewer)) is shown
