"""Rights are looked up by an index: no page walks through all records to find those one may see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import named
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.search.finding import suggestions
from kundenkreis.web.shell import palette
from tests.rights import company, deciding, worlds
from tests.rights.company import DORA, OTTO, THEO, TINA

pytestmark = pytest.mark.django_db(databases=BOTH)
KINDS = ("person", "organisation", "opportunity", "order", "activity")
WALK = re.compile(r"^(?:SCAN|.*Seq Scan on) \"?(crm_(?:people|sales|work)_\w+)", re.MULTILINE)
# Small tables that everybody reads whole.
WHOLE = {"crm_sales_stage", "crm_sales_pipeline"}


@pytest.fixture(params=[OTTO, TINA, THEO, DORA])
def viewer(request: pytest.FixtureRequest) -> Any:
    firm = company.found()
    return deciding.viewers(firm.world)[request.param]


def asked(viewer: Any) -> Iterator[Any]:
    """A list, also one that is searched, its count, what is typed into a field, what the palette finds."""
    for name in KINDS:
        kind = named(name)
        yield lambda kind=kind: listing(kind, viewer, QueryDict(), kind.url())
        yield lambda kind=kind: kind.rows(viewer).order_by().count()
        yield lambda kind=kind: listing(kind, viewer, QueryDict("q=qzx+ab"), kind.url())
        yield lambda kind=kind: suggestions(kind, viewer, "qzx")
        row = company.FIRST[kind.subject]
        yield lambda kind=kind, row=row: kind.rows(viewer).filter(pk=row).first()
    yield lambda: palette.records(viewer, "qzx")


def walked(act: Any) -> set[str]:
    """The tables whose every row some query of it would read, however large they were."""
    found: set[str] = set()
    queries: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            queries.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        act()
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN"
        if connection.vendor == "postgresql":
            explain = "EXPLAIN"
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, parameters in queries:
            cursor.execute(f"{explain} {sql}", parameters)
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            found |= {table for table in WALK.findall(plan) if "USING" not in _line(plan, table)}
    return found - WHOLE


def _line(plan: str, table: str) -> str:
    return next((line for line in plan.splitlines() if f"SCAN {table}" in line), "")


def test_no_page_walks_through_all_records(viewer: Any) -> None:
    for act in asked(viewer):
        assert not walked(act)


def test_a_walk_would_be_noticed() -> None:
    worlds.insert(worlds.at_random(seed=2, rows=50))
    rows = named("organisation").model._default_manager.filter(industry="x")
    assert walked(lambda: list(rows)) == {"crm_people_organisation"}
