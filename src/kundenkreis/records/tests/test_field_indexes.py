"""Lists over fields of the company's own read along an index, which comes and goes at run time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.http import QueryDict

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.records import PERSON
from kundenkreis.kernel import indexes
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import write
from kundenkreis.records.custom import defining
from kundenkreis.records.custom import indexes as fieldindexes
from kundenkreis.records.lists.keyset import page, sorted_by
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.models import FieldDefinition

pytestmark = pytest.mark.django_db(databases=BOTH)

SORTS = ("text", "number", "money", "date", "time", "datetime", "boolean", "choice", "relation")


def field(label: str, sort: str = "text", **values: Any) -> FieldDefinition:
    options = {"choices": [{"value": "a", "label": {"en": "A"}}], "target": "person", "places": 2}
    return defining.create_field(
        actor=ANNA, kind=PERSON, type=sort, label={"en": label}, options=options, **values
    )


def person(**values: Any) -> Person:
    made: Person = write.create(PERSON, ANNA, {"last_name": "Kern", **values})
    return made


@pytest.fixture
def honest() -> None:
    """PostgreSQL would rather read a small table as a whole, and sort it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")


def plan(rows: QuerySet[Any]) -> str:
    return rows.explain()


def along(rows: QuerySet[Any], name: str) -> bool:
    """Whether the database reads along the index of that name and sorts nothing."""
    said = plan(rows)
    return name in said and "Sort" not in said and "TEMP B-TREE" not in said


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.usefixtures("honest")
def test_lists_are_sorted_along_the_index_of_the_field_both_ways(sort: str, sign: str) -> None:
    made = field("Thing", sort, filterable=True)
    path = sorted_by(Person, made.name)
    assert fieldindexes.keep(Side.CRM) == (1 if path == made.name else 2)
    index = max(indexes.there(Side.CRM), key=len)  # that of words in their order says so
    rows = Person.objects.order_by(f"{sign}{path}", f"{sign}id")

    assert along(rows.exclude(**{f"{made.name}__isnull": True})[:50], index)


@pytest.mark.usefixtures("honest")
def test_control_without_the_index_everything_is_read_and_sorted() -> None:
    made = field("Thing", filterable=True)

    assert not along(Person.objects.order_by(made.name, "id")[:50], indexes.PREFIX)


@pytest.mark.parametrize("typed", ["custom__thing=red", "custom__thing=red&custom__thing=blue"])
@pytest.mark.usefixtures("honest")
def test_lists_are_filtered_along_it(typed: str) -> None:
    field("Thing", filterable=True)
    fieldindexes.keep(Side.CRM)
    index = min(indexes.there(Side.CRM), key=len)

    rows, _filters = narrowed(PERSON, ANNA, QueryDict(typed), "/")

    assert index in plan(rows.order_by())


@pytest.mark.parametrize("sort", ["text", "number"])
def test_pages_go_on_through_the_empty_values_and_back(sort: str) -> None:
    name = field("Thing", sort, filterable=True).name
    values = (
        ["b", "a", None, "b", None] if sort == "text" else [Decimal(2), Decimal(-1), None, 0, None]
    )
    for value in values:
        person(**{name: value})
    rows = Person.objects.all()

    first = page(rows, [name], size=2, whole=rows)
    second = page(rows, [name], size=2, whole=rows, after=first.after)
    third = page(rows, [name], size=2, whole=rows, after=second.after)
    back = page(rows, [name], size=2, whole=rows, before=third.before)
    assert [getattr(row, name) for one in (first, second, third) for row in one.rows] == [
        *sorted(value for value in values if value is not None), None, None,
    ]  # fmt: skip
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]


def test_an_index_goes_with_its_reason() -> None:
    made = field("Thing", filterable=True, unique=True)
    assert fieldindexes.keep(Side.CRM) == 2
    assert fieldindexes.keep(Side.CRM) == 0
    assert fieldindexes.pending(PERSON) == set()

    defining.change_field(actor=ANNA, kind=PERSON, pk=made.pk, filterable=False)
    assert fieldindexes.keep(Side.CRM) == 1
    defining.archive_field(actor=ANNA, kind=PERSON, pk=made.pk, archived=True)
    assert fieldindexes.keep(Side.CRM) == 1
    assert indexes.there(Side.CRM) == set()


def test_a_unique_value_is_refused_a_second_time_even_where_nobody_looked_before() -> None:
    name = field("Thing", unique=True).name
    fieldindexes.keep(Side.CRM)
    person(**{name: "one"})
    person()
    person()

    with pytest.raises(DomainError, match="unique"):
        person(**{name: "one"})
    assert Person.objects.count() == 3


def test_control_without_the_index_two_at_once_would_both_be_saved() -> None:
    name = field("Thing", unique=True).name
    person(**{name: "one"})
    person(**{name: "one"})
    connection.check_constraints()  # PostgreSQL makes no index before
    with pytest.raises(IntegrityError):
        fieldindexes.keep(Side.CRM)


def test_what_is_there_twice_cannot_become_unique() -> None:
    made = field("Thing")
    person(**{made.name: "one"})
    person(**{made.name: "one"})

    with pytest.raises(DomainError, match="one") as refused:
        defining.change_field(actor=ANNA, kind=PERSON, pk=made.pk, unique=True)
    assert refused.value.field == "unique"
