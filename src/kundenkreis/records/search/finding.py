"""Searching in lists and for suggestions: whatever the full-text index finds, within one's rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Func, OuterRef, Q, QuerySet

from kundenkreis.kernel import search
from kundenkreis.kernel.access import Level, may_read_all, reads_all
from kundenkreis.kernel.text import normal
from kundenkreis.records.search import hiding, indexing

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MAX_SUGGESTIONS = 20
FEW = 1_000  # who finds more types another letter
VERY_MANY = 20_000  # beyond, a list is walked in its order, not fetched and sorted


class _Tested(Func):
    """A condition that rows are tested by on their way, and that no way begins with."""

    template = "(%(expressions)s) IS TRUE"
    output_field = BooleanField()

    def __init__(self, condition: Q, **extra: Any) -> None:
        super().__init__(ExpressionWrapper(condition, output_field=BooleanField()), **extra)


def clean(text: str) -> str:
    """Text from an address, as it may be asked for: one normal form, without NUL characters,
    which PostgreSQL refuses."""
    return normal(text.replace("\0", ""))[:200]


def searched(kind: RecordType, viewer: Viewer, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows that match; none for text in a type that cannot be searched."""
    return Search(kind, viewer, clean(text).strip()).among(rows)


@dataclass(frozen=True)
class Search:
    """A text that rows are searched by, within what its viewer may know.

    In related records only what the viewer may read of them is looked at.
    """

    kind: RecordType
    viewer: Viewer
    text: str

    def among(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that match."""
        if not self.text:
            return rows
        found = self._by_documents(rows)
        if self.kind.look_up is not None:
            found |= Q(pk__in=self.kind.look_up(self.text))
        return rows.filter(found)

    def one_by_one(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        """The same rows where very many match, asked one by one: whoever needs but the first finds
        them sooner so. None where few match, or where it is not the index alone that knows."""
        if self.known is None or not self._too_many:
            return None
        _rows, begun = self._few
        return rows.filter(
            search.answering(self.kind.side, self.kind.name, self.text, parts=not begun)
        )

    @cached_property
    def known(self) -> set[int] | None:
        """The numbers of all that match, or of more than `VERY_MANY` of them, where there are more
        than `FEW` and the index alone knows them; what is hidden from the viewer has no part in it."""
        kind, viewer = self.kind, self.viewer
        if not search.questions(self.text) or not kind.search or kind.look_up is not None:
            return None
        alone = _knows_all(kind, viewer) and may_read_all(viewer, kind.model)
        if not alone or kind.rows(viewer).query.where:  # a type may show some of its rows only
            return None
        return self._few[0] if len(self._few[0]) > FEW else None

    @property
    def _too_many(self) -> bool:
        return len(self._few[0]) > VERY_MANY

    @cached_property
    def _few(self) -> tuple[set[int], bool]:
        side, reach = self.kind.side, self._reach
        return search.few_rows(side, reach, self.text, enough=FEW, limit=VERY_MANY)

    @cached_property
    def _reach(self) -> search.Reach:
        return _within(self.kind, self.viewer)

    def _by_documents(self, rows: QuerySet[Any]) -> Q:
        """What the full-text index finds, as far as the viewer may know it; where these are few, by
        their numbers.

        Where very many begin with the words, parts of names are not looked for beside them.
        """
        kind, viewer = self.kind, self.viewer
        if not kind.search or not search.questions(self.text):
            return Q(pk__in=[])
        if hiding.hides_texts(kind, viewer):
            return Q(pk__in=hiding.found(kind, viewer, rows, self.text, self._reach))
        if not may_read_all(viewer, kind.model):
            # A row may be hidden by what it belongs to: how many the index knows tells of such rows.
            found = Q(pk__in=self._matching(self._reach))
        elif self._too_many:
            found = Q(_Tested(Q(pk__in=self._matching(self._reach, parts=not self._few[1]))))
        else:
            found = Q(pk__in=search.these(kind.side, self._few[0]))
        return found if self._reach.everywhere else found | Q(pk__in=self._by_others())

    def _by_others(self) -> QuerySet[Any]:
        """Records of which each word stands in their own texts, or in those of a related one that
        the viewer may read: the index proposes by all there is, what may be known decides."""
        proposed = self._matching(replace(self._reach, everywhere=True), parts=False)
        known = (
            reduce(and_, (_known(self.kind, self.viewer, word) for word in words))
            for words in search.questions(self.text)
        )
        rows = self.kind.model._default_manager.filter(reduce(or_, known), pk__in=proposed)
        return rows.values("pk")

    def _matching(self, reach: search.Reach, *, parts: bool = True) -> search.Matching:
        found = search.rows_matching(self.kind.side, reach, self.text, parts=parts)
        assert found is not None  # noqa: S101 - there is a word in it
        return found


def _knows_all(kind: RecordType, viewer: Viewer) -> bool:
    """Whether the viewer may read every record of the type, and all that it is found by."""
    everything = reads_all(viewer, kind.model)
    return everything and knows_others(kind, viewer) and not hiding.hides_texts(kind, viewer)


def knows_others(kind: RecordType, viewer: Viewer) -> bool:
    """Whether the viewer may read every record that the type's records are also found by."""
    return all(reads_all(viewer, other.model) for _, other in indexing.others(kind).items())


def _known(kind: RecordType, viewer: Viewer, word: str) -> Q:
    """Whether a word stands in a record's own texts, or in those of a related one."""
    found = Q(search.having(kind.name, OuterRef("pk"), word))
    for path, other in indexing.others(kind).items():
        # Related record by related record, never as a list of all that say so.
        saying = other.rows(viewer).order_by().filter(pk=OuterRef(path))
        saying = saying.filter(search.having(other.name, OuterRef("pk"), word))
        same = kind.model._default_manager.filter(pk=OuterRef("pk"))
        found |= Q(Exists(same.filter(Exists(saying))))
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
        # In an order of their own: else the database's way to them would tell of hidden ones.
        return list(searched(kind, viewer, rows, text).order_by("-pk")[:MAX_SUGGESTIONS])
    pks = [pk for _name, pk in search.find(kind.side, [reach], text, MAX_SUGGESTIONS)]
    known = rows.in_bulk(pks)
    exact = rows.filter(pk__in=kind.look_up(text))[:MAX_SUGGESTIONS] if kind.look_up else ()
    return list({record.pk: record for record in (*exact, *map(known.get, pks)) if record}.values())


def reach_of(kind: RecordType, viewer: Viewer) -> search.Reach | None:
    """What of a type the index may propose to a viewer; None where texts are hidden from them."""
    if not kind.search or hiding.hides_texts(kind, viewer):
        return None
    return _within(kind, viewer)


def _within(kind: RecordType, viewer: Viewer) -> search.Reach:
    level = viewer.level(kind.right("read"))
    shared: Any = ()
    if viewer.shares is not None and Level.NONE < level < Level.ALL:
        shared = viewer.shares.rows(kind.subject, "read")
    return search.Reach(
        kind.name,
        everything=level is Level.ALL,
        everywhere=knows_others(kind, viewer),
        owner_ids=viewer.owners,
        team_ids=viewer.teams_within(level),
        rows=shared,
    )
