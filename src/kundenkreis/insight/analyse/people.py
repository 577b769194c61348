"""Rows of a file as the duplicate search takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates.folding import Row
from kundenkreis.insight.analyse.errors import UnusableColumn

if TYPE_CHECKING:
    from kundenkreis.insight.analyse.table import Table


@dataclass
class Reader:
    """Reads the rows of one file and notes what was odd.

    Parameters: `key` is the column that names each row, or empty: then its line does; `columns` says
    which column holds which field; `truth` is the column that says who is the same, or empty.
    """

    table: Table
    key: str
    columns: Mapping[str, str]
    truth: str = ""
    without_truth: int = 0
    seen: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Row]:
        fields = list(self.columns.values())
        named = [name for name in (self.key, self.truth) if name]
        positions = [self.table.position(name) for name in (*named, *self.columns)]
        for line, found in self.table.rows(positions):
            cells = [cell.strip() for cell in found]
            key = cells.pop(0) if self.key else str(line)
            self._check(key, line)
            truth = cells.pop(0) if self.truth else ""
            self.without_truth += bool(self.truth) and not truth
            values: dict[str, list[str]] = {}
            for name, cell in zip(fields, cells, strict=True):
                values.setdefault(name, []).append(cell)
            yield Row(key, values, truth)

    def _check(self, key: str, line: int) -> None:
        """Raise `UnusableColumn` unless every row has an id of its own."""
        if not key:
            raise UnusableColumn(
                _("Line %(line)d of %(file)s has nothing in the column “%(column)s”.")
                % {"line": line, "file": self.table.name, "column": self.key},
                hint=_("Every row needs an id of its own, so that pairs can name it."),
            )
        if key in self.seen:
            raise UnusableColumn(
                _("“%(value)s” is in the column “%(column)s” of %(file)s more than once.")
                % {"value": key[:40], "column": self.key, "file": self.table.name},
                hint=_("Every row needs an id of its own; without --id its line names it."),
            )
        self.seen.add(key)
