"""The databases that tests go on with are the ones that migrations would make now."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from kundenkreis.kernel.testing import BOTH
from tests import databases


def test_whatever_could_change_them_makes_them_anew(tmp_path: Path) -> None:
    def key() -> str:
        return databases.key(tmp_path)

    migration = tmp_path / "migrations" / "0001_first.py"
    migration.parent.mkdir()
    migration.write_text("operations = []")
    keys = {key()}
    migration.write_text("operations = [1]")
    keys.add(key())
    migration = migration.rename(migration.with_name("0002_first.py"))
    keys.add(key())
    (tmp_path / "rules.py").write_text("")
    keys.add(key())
    assert len(keys) == 4
    (tmp_path / "test_rules.py").write_text("")
    assert key() in keys


@pytest.mark.django_db(databases=BOTH)
@pytest.mark.parametrize("alias", BOTH)
def test_every_migration_has_been_done_in_them(alias: str) -> None:
    executor = MigrationExecutor(connections[alias])
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
