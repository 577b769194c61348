"""Names are sorted by German rules, the same in both databases and in Python."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.sorting import Sorted, sort_key
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.kernel.text import normal
from kundenkreis.records import named
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.listing import listing

pytestmark = pytest.mark.django_db(databases=CRM)

ORDER = ["", "Adler", "Äpfel", "Apfelbaum", "Azur", "muller", "Müller", "Mullers", "Öder", "Oehler",
         "Ofen", "Straße", "strasse 2", "Strassen", "Œuvre-Kunst", "von Berg", "Zabel", "Žižek",
         "Øye"]  # fmt: skip
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(normal)
GERMAN = st.text("aäAÄbsßzZoöOÖuü -'é", max_size=5)


def make(names: list[str]) -> None:
    with store.group(Side.CRM, "test"):
        store.create_many(SYSTEM, Organisation, [{"name": name} for name in names])


def walked(size: int, *, descending: bool) -> list[str]:
    rows, found, after = Organisation.objects.all(), [], ""
    while True:
        page = keyset.page(
            rows, ["name"], size=size, whole=rows, descending=descending, after=after
        )
        found += [row.name for row in page.rows]
        after = page.after
        if not after:
            return found


def test_umlauts_stand_with_their_letters_and_case_does_not_matter() -> None:
    words = ["Zabel", "Äpfel", "adler", "Öder", "Azur", "Strassen", "Straße", "Ofen", "Žižek"]
    expected = ["adler", "Äpfel", "Azur", "Öder", "Ofen", "Straße", "Strassen", "Zabel", "Žižek"]
    assert sorted(words, key=sort_key) == expected
    assert sort_key("Ærø, Łódź, Đorđe, Ñandú, ÇELİK, Ώρα, Ёлка") == (
        "aero, lodz, dorde, nandu, celik, ωρα, елка"
    )


@pytest.mark.parametrize("descending", [False, True])
def test_a_list_shows_every_name_once_in_that_order(descending: bool) -> None:
    make(ORDER[::-1])
    for size in (1, 4, 50):
        keys = [sort_key(name) for name in walked(size, descending=descending)]
        assert keys == sorted(map(sort_key, ORDER), reverse=descending)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES | GERMAN, min_size=1, max_size=20))
def test_the_database_knows_the_same_keys_and_their_order(names: list[str]) -> None:
    side = '%s::text COLLATE "C"' if connection.vendor == "postgresql" else "%s"
    union = " UNION ALL ".join([f"SELECT {Sorted.function}({side}) AS k"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f"{union} ORDER BY 1", names)
        assert [row[0] for row in cursor.fetchall()] == sorted(map(sort_key, names))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(NAMES | GERMAN, min_size=1, max_size=12), st.booleans())
def test_pages_of_any_names_follow_the_keys(names: list[str], descending: bool) -> None:
    Organisation.objects.all().delete()
    make(names)
    found = walked(2, descending=descending)
    assert sorted(found) == sorted(names)
    for one, other in pairwise(map(sort_key, found)):
        assert one >= other if descending else one <= other


def test_the_list_of_persons_walks_an_index_in_that_order() -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if "ORDER BY KK_SORTED" in sql and "LIMIT 51" in sql:
            asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    kind = named("person")
    with store.group(Side.CRM, "test"):
        store.create_many(SYSTEM, Person, [{"last_name": name} for name in ORDER])
    with connection.execute_wrapper(note):
        assert listing(kind, ANNA, QueryDict(), kind.url()).shown == len(ORDER)
    ((sql, parameters),) = asked
    explain = "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            explain = "EXPLAIN"
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"{explain} {sql}", parameters)
        assert "person_sorted" in "\n".join(str(row[-1]) for row in cursor.fetchall())
