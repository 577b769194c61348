"""Searching for somebody from whom fields are hidden: a text they must not know finds nothing.

The index proposes, by everything there is; what the viewer may know of each record decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models.constants import LOOKUP_SEP

from kundenkreis.kernel import search, withheld
from kundenkreis.kernel.access import known
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.text import unaccented
from kundenkreis.records.search import indexing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

# Where nothing matches the same questions are asked: else their number would tell that there is a
# text which one must not know.
NOBODY = 0
LOOKED_AT = 5_000  # records that the index proposes, in either way


def hides_texts(kind: RecordType, viewer: Viewer) -> bool:
    """Whether some of the texts that a type is found by are hidden from the viewer."""
    hidden = viewer.hidden_of(kind.subject)
    return any(_fields(kind, path) & hidden for path in indexing.paths(kind))


def found(
    kind: RecordType, viewer: Viewer, rows: QuerySet[Any], text: str, reach: search.Reach
) -> list[int]:
    """The numbers of the rows that match by what the viewer may know of them.

    Of very many only the newest are looked at: those whose names have the words, and those that
    have them anywhere. However many have them where the viewer may not look, no name is missed.
    """
    everywhere = replace(reach, everywhere=True)
    ways = (
        search.rows_called(kind.side, reach, text),
        search.rows_matching(kind.side, everywhere, text),
    )
    newest = (
        rows.filter(pk__in=way).order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
        for way in ways
        if way is not None
    )
    pks = sorted({pk for some in newest for pk in some}) or [NOBODY]
    texts, questions = _texts(kind, viewer, pks), search.questions(text)
    matching = []
    for record in known(viewer, kind.model._default_manager.filter(pk__in=pks)):
        name = str(record)
        words = {word for one in (name, *texts[record.pk]) for word in search.words(one)}
        if any(search.answers(asked, unaccented(name), words) for asked in questions):
            matching.append(record.pk)
    return matching or [NOBODY]


def _texts(kind: RecordType, viewer: Viewer, pks: list[int]) -> dict[int, list[str]]:
    """What the viewer may know of the texts of some records."""
    rows = kind.model._default_manager.filter(pk__in=pks)
    hidden = viewer.hidden_of(kind.subject)
    texts: dict[int, list[str]] = defaultdict(list)
    for path in indexing.paths(kind):
        names = _fields(kind, path)
        if names <= hidden:
            continue
        first, other = path.partition(LOOKUP_SEP)[0], _other(kind, path)
        part = withheld.parts(kind.model).get(first)
        which = f"{first}__{withheld.stands_for(part)}" if part else "pk"
        found = list(rows.values_list("pk", path, which, other or "pk"))
        readable = _readable(kind, viewer, other, {row[3] for row in found})
        for pk, value, name, related in found:
            if value not in (None, "") and name not in hidden and related in readable:
                texts[pk].append(str(value))
    return texts


def _readable(kind: RecordType, viewer: Viewer, other: str, pks: set[Any]) -> set[Any]:
    """Those of the related records' numbers that the viewer may read."""
    if not other:
        return pks
    rows = indexing.others(kind)[other].rows(viewer)
    return set(rows.order_by().filter(pk__in=pks - {None} | {NOBODY}).values_list("pk", flat=True))


def _other(kind: RecordType, path: str) -> str:
    """The path to the record with rights of its own whose text this is; empty for an own one."""
    return next((one for one in indexing.others(kind) if path.startswith(f"{one}{LOOKUP_SEP}")), "")


def _fields(kind: RecordType, path: str) -> frozenset[str]:
    """The fields of a type that a searched path tells of."""
    if is_custom(path):
        return frozenset({path})
    first = path.partition(LOOKUP_SEP)[0]
    part = withheld.parts(kind.model).get(first)
    return withheld.fields_of_parts(part) if part else frozenset({first})
