"""Lists of whoever may read a part of all records, but a large one: read along the list's order."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.lists import counting, keyset, words
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.lists.words import in_use

pytestmark = pytest.mark.django_db(databases=CRM)

KIND = named("organisation")
OWN = Viewer("Dora", user_id=9, grants={"crm.organisation.*": Level.OWN})
SIZE = 50


@pytest.fixture(autouse=True)
def firms() -> None:
    for n in range(90):
        values: dict[str, Any] = {"owner_id": 9, "source": "Messe"} if n % 4 else {"source": "Shop"}
        values["industry"] = "Optik" if n % 9 else "Bau"
        write.create(KIND, ANNA, {"name": f"Firma {n:03}", **values})


def walked(query: str = "", viewer: Viewer = OWN) -> list[list[str]]:
    """The rows of all pages, there and back again."""
    shown: list[list[str]] = []
    for way in ("next_url", "previous_url"):
        asked: QueryDict | None = QueryDict(query)
        while asked is not None:
            found = listing(KIND, viewer, asked, "/")
            shown.append([row.split("/")[3] for row in found.rows])
            url, query = getattr(found, way), asked.urlencode()
            asked = QueryDict(url.partition("?")[2]) if url else None
    return shown


@pytest.mark.parametrize(
    "query", ["", "sort=-name", "sort=-changed_at", "industry=Optik", "q=firma"]
)
@pytest.mark.parametrize("near", [0, 60, 1_000])
def test_it_is_the_same_however_many_of_all_rows_are_looked_at_first(
    query: str, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = walked(query)
    assert len(plain[0]) == SIZE
    monkeypatch.setattr(keyset, "NEAR", near)
    for name in ("COUNTED", "FEW", "VERY_MANY"):
        monkeypatch.setattr(counting, name, 10)
    assert walked(query) == plain


def looked_first(query: str = "", viewer: Viewer = OWN) -> bool:
    with CaptureQueriesContext(connection) as found:
        listing(KIND, viewer, QueryDict(query), "/")
    return any(one["sql"].endswith(f"LIMIT {keyset.NEAR}") for one in found.captured_queries)


def test_only_of_many_and_along_an_index_some_of_all_rows_are_looked_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyset, "NEAR", 77)
    assert not looked_first()
    monkeypatch.setattr(keyset, "NEAR", 7)
    assert looked_first()
    assert not looked_first("sort=employees")
    assert looked_first("industry=Optik", ANNA)
    assert not looked_first(viewer=ANNA)  # who reads all of them along that order anyway


def test_it_knows_along_which_orders_an_index_leads() -> None:
    known = {
        (model, fields): keyset.along_an_index(model, fields)
        for model, fields in (
            (Organisation, ("name",)),
            (Organisation, ("changed_at",)),
            (Organisation, ("employees",)),
            (Organisation, ("name", "employees")),
            (Person, ("last_name", "first_name")),
            (Person, ("first_name",)),
        )
    }
    assert list(known.values()) == [True, True, False, False, True, False]


def test_the_words_in_use_are_those_of_the_latest_wherever_they_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write.create(KIND, ANNA, {"name": "Alt", "owner_id": 9, "source": "Neu"})
    for looked_at in (1, 2, 40, 2_000):
        monkeypatch.setattr(words, "LOOKED_AT", looked_at)
        for skipped in (0, 1, 2, 8):
            monkeypatch.setattr(words, "MOST_SKIPPED", skipped)
            wanted = ["Neu"] if looked_at == 1 else ["Messe", "Neu"]
            assert in_use(KIND, OWN, ["source"]) == {"source": wanted}
