"""`filter(pk__among=pks)`: `in` for hundreds of values, which are one parameter of the statement.

Django prepares, compares and names every value of an `in` by itself; that takes longer than finding
their rows. A relation is asked for by its key: `person__pk__among`.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Field, Lookup


@Field.register_lookup
class Among(Lookup):
    """Whether a column has one of the values."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        values = json.dumps(self._values(connection))
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, values]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        kind = str(self.lhs.output_field.db_type(connection)).partition("(")[0]
        # Texts not so: an index of trigrams would be asked for each whole text, letter by letter.
        # Numbers so: beside an "or", no index would be asked for what stands in a query.
        numbers = kind in ("bigint", "integer")
        sql = (
            f"{column} = ANY(%s::{kind}[])"
            if numbers
            else f"{column} IN (SELECT unnest(%s::{kind}[]))"
        )
        return sql, [*params, self._values(connection)]

    def _values(self, connection: Any) -> list[Any]:
        """The values as the database takes them; texts and numbers are that already."""
        prepared = self.lhs.output_field.get_db_prep_value
        return [
            one if type(one) in (str, int) else prepared(one, connection)
            for one in self.rhs
            if one is not None
        ]
