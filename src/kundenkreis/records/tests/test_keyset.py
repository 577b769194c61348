from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import pytest

from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import CRM, SYSTEM
from kundenkreis.records.lists.keyset import Page, first, page

pytestmark = pytest.mark.django_db(databases=CRM)

ROWS = Organisation.objects.all()


def make_organisations(count: int = 23) -> None:
    chance = random.Random(1)
    with store.group(Side.CRM, "test"):
        store.create_many(
            SYSTEM,
            Organisation,
            [
                {"name": f"Firma {chance.randint(1, 6)}", "employees": chance.choice([None, 5, 9])}
                for _ in range(count)
            ],
        )


def walk(fields: list[str], descending: bool) -> list[Page]:
    pages = [page(ROWS, fields, size=5, whole=ROWS, descending=descending)]
    while pages[-1].after:
        pages.append(
            page(
                ROWS,
                fields,
                size=5,
                whole=ROWS,
                descending=descending,
                after=pages[-1].after,
            )
        )
        assert len(pages) < 20
    return pages


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("fields", [["name"], ["employees"], ["employees", "name"], []])
def test_it_shows_every_row_once_forwards_and_backwards(
    fields: list[str], descending: bool
) -> None:
    make_organisations()
    pages = walk(fields, descending)
    rows = [row.pk for one in pages for row in one.rows]
    assert sorted(rows) == sorted(Organisation.objects.values_list("pk", flat=True))
    assert pages[0].before == ""
    assert pages[-1].after == ""
    for earlier, later in pairwise(pages):
        back = page(ROWS, fields, size=5, whole=ROWS, descending=descending, before=later.before)
        assert [row.pk for row in back.rows] == [row.pk for row in earlier.rows]


@pytest.mark.parametrize("descending", [False, True])
def test_it_puts_empty_values_last(descending: bool) -> None:
    make_organisations()
    values = [row.employees for one in walk(["employees"], descending) for row in one.rows]
    filled = [value for value in values if value is not None]
    assert values[: len(filled)] == filled
    assert filled == sorted(filled, reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
def test_it_shows_days_of_every_year(descending: bool) -> None:
    days = [date.min, date(999, 12, 31), date(1000, 1, 1), date.max, None]
    with store.group(Side.CRM, "test"):
        for n, day in enumerate(days):
            store.create(SYSTEM, Organisation, name=f"Nr. {n}", next_step_on=day)
    rows = page(ROWS, ["next_step_on"], size=9, whole=ROWS, descending=descending).rows
    filled = days[-2::-1] if descending else days[:-1]
    assert [row.next_step_on for row in rows] == [*filled, None]


@pytest.mark.parametrize(
    "cursor", ["x", "bm9uc2Vuc2U", "W10", "WyJhIl0", "%00", "WyJhIiwgInh5eiJd"]
)
def test_it_gives_the_first_page_for_a_broken_cursor(cursor: str) -> None:
    make_organisations(7)
    first = page(ROWS, ["name"], size=5, whole=ROWS)
    broken = page(ROWS, ["name"], size=5, whole=ROWS, after=cursor)
    assert [row.pk for row in broken.rows] == [row.pk for row in first.rows]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("fields", [["name"], ["employees"], ["employees", "name"], []])
def test_the_first_of_few_are_those_its_first_page_begins_with(
    fields: list[str], descending: bool
) -> None:
    make_organisations()
    paged = page(ROWS, fields, size=20, whole=ROWS, descending=descending)
    assert first(ROWS, fields, size=20, descending=descending) == paged.rows
