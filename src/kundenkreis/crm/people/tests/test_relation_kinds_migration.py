"""Relations keep their kind when kinds become rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import CRM

pytestmark = pytest.mark.django_db(databases=CRM, transaction=True)
BEFORE = [("crm_people", "0027_draw_territories")]


def migrated(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connections["default"])
    executor.migrate(targets)
    beside = [leaf for leaf in _leaves() if leaf[0] in ("kernel", "records")]
    return executor.loader.project_state([*targets, *beside]).apps


def _leaves() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = MigrationExecutor(
        connections["default"]
    ).loader.graph.leaf_nodes()
    return found


@pytest.fixture
def before() -> Iterator[Any]:
    yield migrated(BEFORE)
    migrated(_leaves())


def test_relations_also_deleted_ones_and_views_name_their_kind_by_its_row(before: Any) -> None:
    now = {"created_at": clock.now(), "changed_at": clock.now()}

    def rows(label: str) -> Any:
        return before.get_model(label).objects.using("default")

    ends = [rows("crm_people.Person").create(last_name=name, **now) for name in ("Anna", "Ben")]
    both = {"person": ends[0], "other": ends[1], **now}
    kinds = ("recommended", "parent", "cooperates", "lost")
    made = {slug: rows("crm_people.Relation").create(kind=slug, **both).pk for slug in kinds}
    image = {"id": 99, "kind": "supplies", "person_id": ends[0].pk, "other_id": ends[1].pk}
    rows("kernel.RemovedRow").create(
        batch="b", at=clock.now(), actor="x", table="crm_people.relation", row=99, image=image
    )
    rows("records.SavedView").create(
        kind="relation", name="Empfehlungen", state={"kind": ["recommended", "parent"]}
    )

    apps = migrated([("crm_people", "0030_relate_by_kinds")])
    kind = apps.get_model("crm_people", "RelationKind").objects.using("default")
    found = apps.get_model("crm_people", "Relation").objects.using("default")
    slugs = dict(found.values_list("pk", "kind__slug"))
    assert slugs == {pk: slug if slug != "lost" else "knows" for slug, pk in made.items()}
    (removed,) = apps.get_model("kernel", "RemovedRow").objects.using("default").all()
    assert removed.image["kind_id"] == kind.get(slug="supplies").pk
    assert "kind" not in removed.image
    (view,) = apps.get_model("records", "SavedView").objects.using("default").all()
    assert view.state["kind"] == [str(kind.get(slug=one).pk) for one in ("recommended", "parent")]
