"""Searching in lists and for suggestions: whatever the full-text index finds, within one's rights."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from kundenkreis.kernel import search
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.text import normal
from kundenkreis.records.search import hiding, indexing

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MAX_SUGGESTIONS = 20
FEW = 1_000  # who finds more types another letter


def clean(text: str) -> str:
    """Text from an address, as it may be asked for: one normal form, without NUL characters,
    which PostgreSQL refuses."""
    return normal(text.replace("\0", ""))[:200]


def searched(kind: RecordType, viewer: Viewer, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows that match; none for text in a type that cannot be searched.

    In related records only what the viewer may read of them is looked at.
    """
    text = clean(text).strip()
    if not text:
        return rows
    found = _by_documents(kind, viewer, rows, text)
    if kind.look_up is not None:
        found |= Q(pk__in=kind.look_up(text))
    return rows.filter(found)


def _by_documents(kind: RecordType, viewer: Viewer, rows: QuerySet[Any], text: str) -> Q:
    """What the full-text index finds, as far as the viewer may know it."""
    questions = search.questions(text)
    if not kind.search or not questions:
        return Q(pk__in=[])
    if hiding.hides_texts(kind, viewer):
        return Q(pk__in=hiding.found(kind, viewer, rows, text))
    if knows_others(kind, viewer):
        everything = _knows_all(kind, viewer)
        return _at_once(kind, text) if everything else Q(pk__in=_matching(kind, text))
    found = Q()
    for words in questions:
        found |= reduce(and_, (_own_or_readable(kind, viewer, word) for word in words))
    return found


def finds_many(kind: RecordType, viewer: Viewer, text: str) -> bool:
    """Whether it is known at once that more than `FEW` records match; what is hidden from the viewer
    has no part in it."""
    text = clean(text).strip()
    if not text or not kind.search or not _knows_all(kind, viewer):
        return False
    rows, _many = _first(kind, text)
    return len(rows) > FEW and kind.rows(viewer).filter(pk__in=rows).count() > FEW


def _at_once(kind: RecordType, text: str) -> Q:
    """What matches, for somebody who may read every record; where these are few, by their numbers.

    Where very many begin with the words, parts of names are not looked for beside them.
    """
    rows, many = _first(kind, text)
    return Q(pk__in=rows if len(rows) <= FEW else _matching(kind, text, parts=not many))


def _first(kind: RecordType, text: str) -> tuple[set[int], bool]:
    return search.few_rows(kind.side, kind.name, text, everywhere=True, limit=FEW)


def _knows_all(kind: RecordType, viewer: Viewer) -> bool:
    """Whether the viewer may read every record of the type, and all that it is found by."""
    everything = viewer.level(kind.right("read")) is Level.ALL
    return everything and knows_others(kind, viewer) and not hiding.hides_texts(kind, viewer)


def knows_others(kind: RecordType, viewer: Viewer) -> bool:
    """Whether the viewer may read every record that the type's records are also found by."""
    return all(
        viewer.level(other.right("read")) is Level.ALL for _, other in indexing.others(kind).items()
    )


def _own_or_readable(kind: RecordType, viewer: Viewer, word: str) -> Q:
    """A word in the record's own texts, or in those of a related one that the viewer may read."""
    found = Q(pk__in=_matching(kind, word, everywhere=False))
    for path, other in indexing.others(kind).items():
        named = other.rows(viewer).filter(pk__in=_matching(other, word, everywhere=False))
        through = kind.model._default_manager.filter(
            **{f"{path}__in": named.order_by().values("pk")}
        )
        found |= Q(pk__in=through.values("pk"))
    return found


def _matching(
    kind: RecordType, text: str, *, everywhere: bool = True, parts: bool = True
) -> search.Matching:
    found = search.rows_matching(kind.side, kind.name, text, everywhere=everywhere, parts=parts)
    assert found is not None  # noqa: S101 - there is a word in it
    return found


def suggestions(kind: RecordType, viewer: Viewer, text: str) -> list[tuple[str, Any]]:
    """Records to choose from, each with the unique text that `references.found` understands."""
    records = _ranked(kind, viewer, clean(text).strip())[:MAX_SUGGESTIONS]
    titles = [str(record) for record in records]
    return [
        (title if titles.count(title) == 1 else f"{title} #{record.pk}", record)
        for title, record in zip(titles, records, strict=True)
    ]


def _ranked(kind: RecordType, viewer: Viewer, text: str) -> list[Any]:
    """Some of what matches, names that begin so first where the index alone may say it."""
    rows = kind.rows(viewer)
    reach = reach_of(kind, viewer) if _knows_all(kind, viewer) else None
    if reach is None or not search.asked(text):
        return list(searched(kind, viewer, rows, text)[:MAX_SUGGESTIONS])
    pks = [pk for _name, pk in search.find(kind.side, [reach], text, MAX_SUGGESTIONS)]
    known = rows.in_bulk(pks)
    exact = rows.filter(pk__in=kind.look_up(text))[:MAX_SUGGESTIONS] if kind.look_up else ()
    return list({record.pk: record for record in (*exact, *map(known.get, pks)) if record}.values())


def reach_of(kind: RecordType, viewer: Viewer) -> search.Reach | None:
    """What of a type the index may propose to a viewer; None where it cannot tell by itself."""
    shared: Any = () if viewer.shares is None else viewer.shares.rows(kind.subject, "read")
    if not kind.search or hiding.hides_texts(kind, viewer) or isinstance(shared, QuerySet):
        return None
    level = viewer.level(kind.right("read"))
    return search.Reach(
        kind.name,
        everything=level is Level.ALL,
        everywhere=knows_others(kind, viewer),
        owner_ids=viewer.owners,
        team_ids=viewer.teams_within(level),
        rows=frozenset(shared) if Level.NONE < level < Level.ALL else frozenset(),
    )
