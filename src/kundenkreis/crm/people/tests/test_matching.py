"""People in a file are looked up by what the file says, not by going through everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from kundenkreis.crm.people import matching
from kundenkreis.crm.people.commands import create_organisation, create_person
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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its plan")
def test_no_question_begins_with_all_people_one_may_read(jana: int) -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        matching.persons_by_address("email")(ANNA, {("jana@example.org",)})
        matching.persons_by_name_and_company(ANNA, {("jana", "weiss", "1")})
    assert asked
    with connection.cursor() as cursor:
        for sql, parameters in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            plan = "\n".join(str(row[3]) for row in cursor.fetchall())
            assert "SCAN crm_people" not in plan, plan
            assert "ON TABLE crm_people_person FOR IN-OPERATOR" not in plan, plan
