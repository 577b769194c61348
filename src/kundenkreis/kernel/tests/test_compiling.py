"""Queries whose columns are remembered read the same as Django's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from kundenkreis.crm.people.models import Affiliation, Organisation, Person
from kundenkreis.kernel import compiling, store
from kundenkreis.kernel.compiling import Compiler
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

PEOPLE = Person.objects.all()
OF_FIRM = Person.objects.filter(affiliations__organisation__name="Kern")
QUERIES: dict[str, QuerySet[Any]] = {
    "all": PEOPLE,
    "ordered": PEOPLE.order_by("-last_name", "pk"),
    "turned round": PEOPLE.order_by("-last_name", "pk").reverse(),
    "by its day": PEOPLE.order_by("birth_date"),
    "by an expression": PEOPLE.order_by(F("last_name").desc(nulls_last=True), "first_name"),
    "by a relation": Affiliation.objects.order_by("person__last_name", "id"),
    "by a relation's key": Affiliation.objects.order_by("organisation_id"),
    "by what it relates to": Affiliation.objects.order_by("organisation"),
    "in no order": PEOPLE.order_by(),
    "some columns": PEOPLE.only("last_name", "version").order_by("last_name"),
    "without some": PEOPLE.defer("custom").order_by("last_name"),
    "joined": OF_FIRM.order_by("last_name"),
    "joined, once": OF_FIRM.order_by("last_name").distinct(),
    "with a relation": Affiliation.objects.select_related("person").order_by("id"),
    "values": PEOPLE.values_list("pk", "last_name").order_by("last_name"),
    "annotated": PEOPLE.annotate(said=F("last_name")).order_by("said"),
    "inside": PEOPLE.filter(pk__in=OF_FIRM.order_by("last_name")[:3]),
    "together": PEOPLE.filter(pk=1).union(PEOPLE.filter(pk=2)),
    "locked": PEOPLE.select_for_update().order_by("id"),
}


def sql(compiler: type[SQLCompiler], rows: QuerySet[Any]) -> tuple[str, Any]:
    """As text, with whatever belongs to it."""
    return compiler(rows.query.clone(), connection, rows.db).as_sql()


@pytest.mark.parametrize("name", QUERIES)
def test_it_writes_what_django_writes_at_first_and_again(name: str) -> None:
    rows = QUERIES[name]
    for _time in range(2):
        assert sql(Compiler, rows) == sql(SQLCompiler, rows)


def test_it_writes_what_django_writes_of_every_model() -> None:
    for model in apps.get_models():
        rows = model._default_manager.using("default").order_by("-pk")
        assert sql(Compiler, rows) == sql(Compiler, rows) == sql(SQLCompiler, rows), model


def test_the_queries_of_the_product_are_written_so() -> None:
    made = PEOPLE.query.get_compiler("default")
    assert type(made) is Compiler
    assert type(connection.ops.compiler("SQLUpdateCompiler")) is type


def test_it_reads_what_was_stored_again_and_again() -> None:
    with store.group(Side.CRM, "test"):
        made = store.create(ANNA, Person, last_name="Weiß", tags=["neu"], custom={"a": 1})
    for _time in range(2):
        for rows in (PEOPLE, PEOPLE.order_by("last_name"), PEOPLE.defer("tags")):
            found = rows.get()
            assert (found.last_name, found.tags, found.custom) == ("Weiß", ["neu"], {"a": 1})
            assert found.created_at == made.created_at


def test_what_is_remembered_knows_no_conditions() -> None:
    with store.group(Side.CRM, "test"):
        for name in ("Kern", "Lang"):
            store.create(ANNA, Person, last_name=name)
    for name in ("Kern", "Lang", "Kern"):
        assert [one.last_name for one in PEOPLE.filter(last_name=name)] == [name]


def test_a_wrongly_remembered_order_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: were orders behind relations kept too, joins would be missing."""
    monkeypatch.setattr(compiling, "_own", lambda model, name: True)
    monkeypatch.setattr(compiling, "_kept", {})
    rows = QUERIES["by a relation"]
    first, again = sql(Compiler, rows), sql(Compiler, rows)
    assert first == sql(SQLCompiler, rows) != again


def test_it_forgets_when_it_remembers_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "MOST", 3)
    monkeypatch.setattr(compiling, "_kept", {})
    for model in (Person, Organisation, Affiliation, Person, Organisation):
        for name in ("id", "-id", "version", "-version", "created_at"):
            rows = model._default_manager.order_by(name)
            assert sql(Compiler, rows) == sql(SQLCompiler, rows)
    assert len(compiling._kept) <= 3
