"""The free words in use in some fields, such as sources, industries or tags."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Count, F, JSONField

from kundenkreis.kernel import wordindex
from kundenkreis.kernel.access import may_read_all, reads_all
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.folding import caseless
from kundenkreis.kernel.words import different
from kundenkreis.records.fields import info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

LOOKED_AT = 2_000
MOST_SKIPPED = 8  # of as many records in all the latest are looked for first
COMPLETED = 20


class _Different(Aggregate):
    """All different values of a column, as one list."""

    function = "JSONB_AGG"
    allow_distinct = True
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)


def in_use(kind: RecordType, viewer: Viewer, names: Sequence[str]) -> dict[str, list[str]]:
    """By field, the words that the latest records say of those the viewer may read, in order.

    Of lists of words, such as tags, those of all records where the viewer may read all of them.
    Raises `NotAllowed` for a field that is hidden from the viewer.
    """
    for name in names:
        if not kind.sees(viewer, name):
            raise NotAllowed(kind.right("read"), field=name)
    found: dict[str, list[str]] = {}
    listed = [name for name in names if info(kind.model, name).several]
    if listed and reads_all(viewer, kind.model) and may_read_all(viewer, kind.model):
        found = {name: wordindex.in_use(kind.side, kind.name, name) for name in listed}
    asked = [name for name in names if name not in found]
    if asked:
        said = _said_latest(kind, viewer, asked)
        found |= {
            name: sorted(set(_words(said[name] or (), several=name in listed))) for name in asked
        }
    return found


def _said_latest(kind: RecordType, viewer: Viewer, names: Sequence[str]) -> dict[str, Any]:
    """By field, the different values of the latest records."""
    rows = kind.rows(viewer).order_by("-pk")
    wanted = {name: _Different(f"_{name}", distinct=True) for name in names}
    named = {f"_{name}": F(name) for name in names}
    if rows.query.where:
        # Of many records a part is sorted before its latest are known: they are among the latest.
        newest = kind.model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        before = (newest or 0) - MOST_SKIPPED * LOOKED_AT
        latest = rows.filter(pk__gt=before).values(**named)[:LOOKED_AT]
        said = latest.aggregate(_number=Count("*"), **wanted)
        if before <= 0 or said["_number"] == LOOKED_AT:
            return said
    return rows.values(**named)[:LOOKED_AT].aggregate(**wanted)


def completed(kind: RecordType, viewer: Viewer, name: str, typed: str) -> list[str]:
    """What somebody typed of a list of words, with each of those in use that may be meant next."""
    if not info(kind.model, name).several:
        return []
    before, comma, last = typed.rpartition(",")
    start = f"{before}{comma} " if comma else ""
    have = {caseless(word) for word in different(before)}
    wanted = caseless(last.strip())
    found = (
        word
        for word in in_use(kind, viewer, [name])[name]
        if caseless(word) not in have and caseless(word).startswith(wanted)
    )
    return [f"{start}{word}" for word in islice(found, COMPLETED)]


def _words(values: Iterable[Any], *, several: bool) -> Iterator[str]:
    for value in values:
        if several:  # SQLite gives lists as the text they are stored as
            yield from json.loads(value) if isinstance(value, str) else value
        elif value:
            yield value
