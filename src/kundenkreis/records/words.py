"""The free words in use in some fields, such as sources or industries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, JSONField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

LOOKED_AT = 2_000


class _Different(Aggregate):
    """All different values of a column, as one list."""

    function = "JSONB_AGG"
    allow_distinct = True
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)


def in_use(rows: QuerySet[Any], names: Sequence[str]) -> dict[str, list[str]]:
    """By field, what the latest of these rows say, in order."""
    if not names:
        return {}
    latest = rows.order_by("-pk").values(*names)[:LOOKED_AT]
    found = latest.aggregate(**{f"_{name}": _Different(name, distinct=True) for name in names})
    return {name: sorted(word for word in found[f"_{name}"] or () if word) for name in names}
