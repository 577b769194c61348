"""People in a file are looked up by what the file says, not by going through everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from kundenkreis.crm.people import matching
from kundenkreis.crm.people.commands import create_organisation, create_person, create_persons
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)
OWN = Viewer("Ole", user_id=77, grants={"crm.*.read": Level.OWN})


@pytest.fixture
def firm() -> Organisation:
    return create_organisation(actor=ANNA, name="Optik AG")


@pytest.fixture
def jana(firm: Organisation) -> int:
    address = {"email": "Jana@Example.org", "phone": "030 1234567"}
    names = {"first_name": "Jana", "last_name": "Weiß"}
    return int(create_person(actor=ANNA, **names, **address, organisation=firm).pk)


def test_people_are_found_by_address_and_by_name_and_company_within_ones_rights(
    jana: int, firm: Organisation
) -> None:
    for kind, text in (("email", "jana@example.org"), ("phone", "+49 30 1234567")):
        find = matching.persons_by_address(kind)
        assert find(ANNA, {(text,), ("nobody",)}) == {(text,): {jana}}
        assert find(OWN, {(text,)}) == {}
    there = ("jana", "weiss", str(firm.pk))
    wanted = {there, ("jana", "weiss", str(firm.pk + 1)), ("uwe", "weiss", str(firm.pk))}
    assert matching.persons_by_name_and_company(ANNA, wanted) == {there: {jana}}
    assert matching.persons_by_name_and_company(OWN, wanted) == {}


def test_people_are_found_by_a_similar_name_and_their_birth_date_within_ones_rights() -> None:
    born = date(1971, 12, 2)
    jana = create_person(actor=ANNA, first_name="Jana", last_name="Weiß", birth_date=born).pk
    create_person(actor=ANNA, first_name="Uwe", last_name="Weiß", birth_date=born)
    create_person(actor=ANNA, first_name="Jana", last_name="Weiß", birth_date=date(1980, 1, 1))
    heard, turned = ("jana", "weis", "1971-12-02"), ("weiss", "jana", "1971-12-02")
    other = ("jana", "weiss", "1971-12-03")
    find = matching.persons_by_name_and_birth_date
    assert find(ANNA, {heard, turned, other}) == {heard: {jana}, turned: {jana}}
    assert find(OWN, {heard, turned, other}) == {}


@pytest.mark.parametrize("count", [1, 40])
def test_it_asks_as_often_for_many_rows_as_for_one(
    count: int, django_assert_num_queries: Any
) -> None:
    rows = [
        {"first_name": "Jana", "last_name": f"Weiß{n}", "birth_date": date(1971, 12, 2)}
        for n in range(count)
    ]
    create_persons(actor=ANNA, rows=rows)
    wanted = {("jana", f"weiss{n}", "1971-12-02") for n in range(count)}
    with django_assert_num_queries(3):
        assert len(matching.persons_by_name_and_birth_date(ANNA, wanted)) == count


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its plan")
def test_no_question_begins_with_all_people_one_may_read(jana: int) -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        matching.persons_by_address("email")(ANNA, {("jana@example.org",)})
        matching.persons_by_name_and_company(ANNA, {("jana", "weiss", "1")})
        matching.persons_by_name_and_birth_date(ANNA, {("jana", "weiss", "1971-12-02")})
    assert asked
    with connection.cursor() as cursor:
        for sql, parameters in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            plan = "\n".join(str(row[3]) for row in cursor.fetchall())
            assert "SCAN crm_people" not in plan, plan
            assert "ON TABLE crm_people_person FOR IN-OPERATOR" not in plan, plan
