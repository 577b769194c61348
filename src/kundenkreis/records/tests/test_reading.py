"""What somebody may read of a type is put together once, and asked anew each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db.models import QuerySet

from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.access import Level, Viewer, system, visible
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write

pytestmark = pytest.mark.django_db(databases=CRM)

KIND = named("organisation")


def counted() -> tuple[Any, list[str]]:
    """A type that notes for whom its rows are put together."""
    made: list[str] = []

    def query(viewer: Viewer) -> QuerySet[Organisation]:
        made.append(viewer.name)
        return visible(viewer, Organisation.objects.all(), KIND.right("read"))

    return replace(KIND, query=query), made


def test_each_viewer_has_their_own_and_sees_what_is_there_now() -> None:
    kind, made = counted()
    dora = Viewer("Dora", user_id=9, grants={"crm.*.read": Level.OWN})
    emil = replace(dora, name="Emil", user_id=8)
    assert [list(kind.rows(one)) for one in (dora, emil, dora)] == [[], [], []]
    firm = write.create(KIND, ANNA, {"name": "Kern GmbH", "owner_id": 9})
    assert [list(kind.rows(one)) for one in (dora, emil, dora)] == [[firm], [], [firm]]
    write.change(KIND, ANNA, firm.pk, None, {"owner_id": 8})
    assert [list(kind.rows(one)) for one in (dora, emil, dora)] == [[], [firm], []]
    assert made == ["Dora", "Emil"]


def test_whoever_gets_other_rights_is_another_viewer() -> None:
    firm = write.create(KIND, ANNA, {"name": "Kern GmbH", "owner_id": 1})
    kind, made = counted()
    dora = Viewer("Dora", user_id=9, grants={"crm.*.read": Level.OWN})
    assert list(kind.rows(dora)) == []
    assert list(kind.rows(replace(dora, grants={"crm.*.read": Level.ALL}))) == [firm]
    assert len(made) == 2


def test_for_the_product_itself_it_is_put_together_each_time() -> None:
    kind, made = counted()
    worker = system("worker")  # the same for days
    assert list(kind.rows(worker)) == list(kind.rows(worker)) == []
    assert made == ["worker", "worker"]


def test_another_declaration_of_the_type_has_rows_of_its_own() -> None:
    dora = Viewer("Dora", user_id=9, grants={"crm.*.read": Level.ALL})
    firm = write.create(KIND, ANNA, {"name": "Kern GmbH"})
    nothing = replace(KIND, query=lambda viewer: Organisation.objects.none())
    assert [list(one.rows(dora)) for one in (KIND, nothing, KIND)] == [[firm], [], [firm]]
