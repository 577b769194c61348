"""Migration operations the product needs."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class IndexLogOrder(migrations.RunPython):
    """Index `(tx, id)` of a log table on PostgreSQL; SQLite reads logs by id."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(self._create, self._drop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], {})

    def _create(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"CREATE INDEX {self.table}_order ON {self.table} (tx, id)")

    def _drop(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP INDEX {self.table}_order")
