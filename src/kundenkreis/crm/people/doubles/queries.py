"""Reading pairs: only those of which both records may be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from kundenkreis.crm.people.duplicates.comparing import COMPARISONS
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.models import DuplicatePair, DuplicateRun
from kundenkreis.kernel.access import Viewer, reads_all, visible
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import named

SUREST = 0.99  # nobody is told that it is certain
COUNTED = 1_000  # whoever has more of them to look at need not know how many
# What the fields of the comparison are called on records; the others have the same name.
CALLED = {
    "birth_year": "birth_date", "birth_month": "birth_date", "birth_day": "birth_date",
    "house_number": "postal", "street": "postal", "street_extra": "postal", "postcode": "postal",
    "place": "postal", "number": "customer_number", "company": "affiliations",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """How one fact agrees: what is compared, in which way, and how much that says in bits."""

    comparison: str
    way: str
    weight: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be the same, as their viewer may know them; no score if a part of what
    it is made of is hidden from them."""

    row: DuplicatePair
    left: Any
    right: Any
    reasons: tuple[Reason, ...]
    score: float | None

    @property
    def kind(self) -> str:
        return self.row.kind


def pairs(viewer: Viewer, kind: str, state: str) -> QuerySet[DuplicatePair]:
    """Pairs of a kind in a state, the likeliest first."""
    rows = DuplicatePair.objects.filter(kind=kind, state=state).order_by("-score", "id")
    if reads_all(viewer, named(kind).model) and state == DuplicatePair.State.OPEN:
        return rows  # of whom is gone no pair is open
    return rows.filter(_seen(viewer, kind, "left"), _seen(viewer, kind, "right"))


def counted(viewer: Viewer, kind: str, state: str) -> int:
    """How many there are, up to a limit."""
    return len(pairs(viewer, kind, state).order_by().values_list("pk")[: COUNTED + 1])


def pair(viewer: Viewer, pk: int) -> Pair:
    """One pair. Raises `NotFound`."""
    row = DuplicatePair.objects.filter(pk=pk).first()
    found = together(viewer, [row]) if row is not None else []
    if not found:
        raise NotFound
    return found[0]


def of_record(viewer: Viewer, kind: str, pk: int, most: int = 5) -> list[Pair]:
    """The open pairs of one record, the likeliest first."""
    rows = pairs(viewer, kind, DuplicatePair.State.OPEN).order_by()
    found = list(rows.filter(left=pk).union(rows.filter(right=pk)))  # each by its own index
    found.sort(key=lambda row: (-row.score, row.pk))
    return together(viewer, found[:most])


def together(viewer: Viewer, rows: Iterable[DuplicatePair]) -> list[Pair]:
    """The pairs with their records; those of which one may not be read are left out."""
    rows = list(rows)
    found: dict[tuple[str, int], Any] = {}
    for kind in {row.kind for row in rows}:
        pks = {pk for row in rows if row.kind == kind for pk in (row.left, row.right)}
        for record in named(kind).rows(viewer).order_by().filter(pk__among=pks):
            found[kind, record.pk] = record
    prefetch_related_objects(list(found.values()), "contact_details")
    return [
        _pair(viewer, row, found[row.kind, row.left], found[row.kind, row.right])
        for row in rows
        if (row.kind, row.left) in found and (row.kind, row.right) in found
    ]


def waiting(rows: QuerySet[DuplicateRun], *, left: bool) -> QuerySet[DuplicateRun]:
    """Comparisons that are to be begun; with `left` also those that somebody had begun."""
    states = [DuplicateRun.State.WAITING, *([DuplicateRun.State.RUNNING] if left else [])]
    return rows.filter(state__in=states)


def last_run(viewer: Viewer) -> DuplicateRun | None:
    """The newest comparison of the whole base; when the base was compared is no secret."""
    viewer.require("crm.person.read")
    return DuplicateRun.objects.order_by("-id").first()


def last_result(viewer: Viewer) -> DuplicateRun | None:
    """The newest comparison that has ended."""
    viewer.require("crm.person.read")
    return DuplicateRun.objects.filter(ended_at__isnull=False).order_by("-id").first()


def _seen(viewer: Viewer, kind: str, side: str) -> Exists:
    declared = named(kind)
    rows = visible(viewer, declared.model._default_manager.all(), declared.right("read"))
    return Exists(rows.order_by().filter(pk=OuterRef(side)))


def _pair(viewer: Viewer, row: DuplicatePair, left: Any, right: Any) -> Pair:
    reasons: Sequence[Reason] = [Reason(*one) for one in row.reasons]
    hidden = viewer.hidden_of(named(row.kind).subject)
    shown = [one for one in reasons if not hidden.intersection(_fields(row.kind, one.comparison))]
    whole = len(shown) == len(reasons)
    return Pair(row, left, right, tuple(shown), row.score if whole else None)


def _fields(kind: str, comparison: str) -> set[str]:
    """The fields of a record that one comparison speaks of."""
    names = next(one.shown for one in COMPARISONS[Kind(kind)] if one.key == comparison)
    return {CALLED.get(name, name) for name in names}
